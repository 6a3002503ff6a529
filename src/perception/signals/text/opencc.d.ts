/** opencc-js ships its dictionaries without types: `traditional simplified [alternatives]` joined by `|`. */
declare module 'opencc-js/dict/TSCharacters' {
  const pairs: string
  // biome-ignore lint/style/noDefaultExport: this describes a package that exports so
  export default pairs
}
