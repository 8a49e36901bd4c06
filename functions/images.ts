import { showImage, uploadImage } from "../lib/app/images.ts";
import { images } from "../lib/contracts/images.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { readImage } from "../lib/deps/image-reader.ts";
import { log } from "../lib/deps/log.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { imageStore } from "../lib/store/images.ts";

const deps = { now: festivalClock(), log, identify: identity(), images: imageStore(deliveryTable("write")), readImage };

export const handler = endpoints(images, { upload: uploadImage(deps), show: showImage(deps) }, deps);
