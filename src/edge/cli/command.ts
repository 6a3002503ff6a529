/** Where a command writes: results on `write`, everything else on `error`. */
export interface CommandIo {
  write(line: string): void
  error(line: string): void
}
