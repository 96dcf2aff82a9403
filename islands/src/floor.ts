// What Chrome 90 does not have and a library that we use calls. It is the first import of the script that needs it.

const known = Object as { hasOwn?: (of: object, key: PropertyKey) => boolean };
known.hasOwn ??= (of, key) => Object.prototype.hasOwnProperty.call(of, key);
