/** Shared by both places where the schemas are compiled: here when this loads, and the build. */
export const AJV_OPTIONS = { allowUnionTypes: true, strictRequired: false };
