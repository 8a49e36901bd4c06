/** The part of JSON Schema 2020-12 that our document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Every way in which a value does not fit a schema of the document. A property that the schema does not name is one. */
export function misfits(document: object, schema: JsonSchema, value: unknown, at = ""): readonly string[] {
  const fits = (each: JsonSchema, inner: unknown, place: string) => misfits(document, each, inner, place);
  if (schema.$ref) return fits(found(document, schema.$ref), value, at);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const faults = choices.map((choice) => fits(choice, value, at));
    return faults.some((each) => each.length === 0) ? [] : [`${at} fits none of: ${faults.map((each) => each.join(", ")).join(" | ")}`];
  }
  if ("const" in schema && schema.const !== value) return [`${at} is not ${schema.const}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is none of ${schema.enum}`];
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) return [`${at} is no ${types.join(" or ")}`];
  if (typeof value === "string") return textFaults(schema, value, at);
  if (Array.isArray(value))
    return value.flatMap((item, index) => fits(schema.prefixItems?.[index] ?? schema.items ?? {}, item, `${at}/${index}`));
  if (typeof value !== "object" || value === null) return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}/${name} is missing`);
  const rest = typeof additionalProperties === "object" ? additionalProperties : undefined;
  return [
    ...missing,
    ...Object.entries(value).flatMap(([name, inner]) => {
      const named = properties[name] ?? rest;
      return named ? fits(named, inner, `${at}/${name}`) : [`${at}/${name} is not in the document`];
    }),
  ];
}

function textFaults({ format, pattern }: JsonSchema, value: string, at: string): string[] {
  if (format === "date-time" && !(RFC_3339.test(value) && Number.isFinite(Date.parse(value)))) return [`${at} is no RFC 3339 instant`];
  return pattern && !new RegExp(pattern, "u").test(value) ? [`${at} does not match ${pattern}`] : [];
}

function isOf(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

function found(document: object, pointer: string): JsonSchema {
  const steps = pointer.replace(/^#\//, "").split("/");
  return steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], document) as JsonSchema;
}
