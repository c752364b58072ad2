/** Where a ledger is: a path of a file, or the address of a database. */
export const isPostgresAddress = (place: string) => /^postgres(ql)?:\/\//i.test(place)
