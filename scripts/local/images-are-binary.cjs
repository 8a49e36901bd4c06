"use strict";

const http = require("node:http");

/**
 * A Serverless plugin for `serverless offline` alone: an uploaded image reaches its function in base64, as API Gateway hands it over.
 * serverless-offline takes no type for binary but two, and would read an image as UTF-8; its own copy of the header is given one of these,
 * while the function is told the header as it was sent.
 */
module.exports = class ImagesAreBinary {
  constructor() {
    this.hooks = { "before:offline:start:init": told, "before:offline:start": told };
  }
};

let isTold = false;

function told() {
  if (isTold) return;
  isTold = true;
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (event, request, ...rest) {
    const type = event === "request" ? request.headers["content-type"] : undefined;
    if (type?.startsWith("image/")) request.headers["content-type"] = "application/octet-stream";
    return emit.call(this, event, request, ...rest);
  };
}
