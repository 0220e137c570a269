/** An object without its undefined properties. */
export function definedOf<Type extends object>(object: Type): { [Key in keyof Type]?: Exclude<Type[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Type]?: Exclude<Type[Key], undefined>;
  };
}
