internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The module `csv`.
    static let csv: [FunctionSpec] = [
        FunctionSpec(
            "csv.decode",
            "Reads comma-separated values, as RFC 4180 has them.",
            [
                Parameter(
                    "text",
                    "string",
                    "lines of fields; a byte order mark is skipped, and empty lines are"
                ),
                Parameter(
                    "options",
                    "{header: boolean?, separator: string?}",
                    "header: whether the first line names the fields, else true; separator: one character, else "
                        + "a comma",
                    isOptional: true
                ),
            ],
            returns: Result(
                "table[]",
                "a record for each line, with the fields by their names; without a header a list of strings for "
                    + "each. Every value is a string; one that a short line lacks is nil"
            ),
            errors: ["protocol", "usage"],
            example: """
                local rows = csv.decode('name,note\\nweb-1,"a, b"\\n')
                assert(rows[1].name == "web-1" and rows[1].note == "a, b")
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "csv.decode")
                guard let text = arguments[0]?.bytes else {
                    throw arguments.misuse("text must be a string")
                }
                let options = try arguments.options(1, known: ["header", "separator"])
                let hasHeader = options?["header"]?.boolean ?? true
                let separator = try arguments.separator(options)
                do throws(CSVText.Problem) {
                    var rows = try CSVText.decode(text, separator: separator)
                    guard hasHeader, !rows.isEmpty else {
                        return call.result.put(lists: hasHeader ? [] : rows.map(\.fields))
                    }
                    let names = rows.removeFirst().fields
                    if Set(names).count < names.count {
                        throw CSVText.Problem(message: "two fields have the same name", line: 1)
                    }
                    for row in rows where row.fields.count > names.count {
                        throw CSVText.Problem(
                            message: "\(row.fields.count) fields, and \(names.count) have a name",
                            line: row.line
                        )
                    }
                    call.result.put(records: rows.map(\.fields), names)
                } catch {
                    throw VSphereError(
                        .protocolViolation,
                        "line \(error.line): \(error.message)",
                        operation: arguments.function
                    )
                }
            }
        },
        FunctionSpec(
            "csv.encode",
            "Writes comma-separated values, as RFC 4180 has them.",
            [
                Parameter("rows", "table[]", "records, or lists of values"),
                Parameter(
                    "options",
                    "{columns: string[]?, header: boolean?, separator: string?}",
                    "columns: the fields of the records and their order, else all of them as show has them; header: "
                        + "whether a first line names them, else true; separator: one character, else a comma",
                    isOptional: true
                ),
            ],
            returns: Result(
                "string",
                "lines that end with carriage return and line feed; nil and json.null are empty, tables JSON. "
                    + "Fields stay as they are: a spreadsheet that opens the text may take one that begins with "
                    + "=, +, - or @ for a formula"
            ),
            errors: ["usage"],
            example: #"""
                print(csv.encode({ { name = "web-1", note = "a, b" }, { name = 'say "x"' } }))
                print(csv.encode(listVMs(), { columns = { "name", "vm" }, separator = ";" }))
                """#,
            isLenient: true
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "csv.encode")
                guard let rows = arguments[0], rows.kind == .array || rows.isEmptyList,
                    rows.elements.allSatisfy({ $0.kind == .array || $0.kind == .record })
                else { throw arguments.misuse("rows must be a list of records, or of lists") }
                let options = try arguments.options(1, known: ["columns", "header", "separator"])
                let grid = try Grid(
                    Array(rows.elements),
                    columns: arguments.columns(options),
                    describe: runtime.describe,
                    arguments
                )
                let bytes = ByteBuffer()
                bytes.append(
                    grid.csv(
                        separator: try arguments.separator(options),
                        hasHeader: options?["header"]?.boolean ?? true
                    )
                )
                call.result.put(bytes)
            }
        },
    ]
}

extension Arguments {
    /// The character between two fields.
    fileprivate func separator(_ options: Value?) throws(VSphereError) -> UInt8 {
        guard let value = options?["separator"], !value.isAbsent else { return UInt8(ascii: ",") }
        guard let bytes = value.bytes, bytes.count == 1, !#""\#r\#n"#.utf8.contains(bytes[0]),
            bytes[0] < 0x80
        else {
            throw misuse(#"separator must be one character, such as ";" or "\t""#)
        }
        return bytes[0]
    }

    /// The columns that are asked for; nil for all.
    func columns(_ options: Value?) throws(VSphereError) -> [String]? {
        guard let value = options?["columns"], !value.isAbsent else { return nil }
        if let name = value.string { return [name] }
        let names = value.elements.compactMap(\.string)
        guard value.kind == .array, !names.isEmpty, names.count == value.count else {
            throw misuse("columns must be a list of names of fields")
        }
        return names
    }
}

extension ValueBuffer {
    fileprivate func put(lists: [[[UInt8]]]) {
        putArray {
            for list in lists {
                putArray {
                    for field in list { put(text: field) }
                    return list.count
                }
            }
            return lists.count
        }
    }

    fileprivate func put(records: [[[UInt8]]], _ names: [[UInt8]]) {
        putArray {
            for fields in records {
                putRecord {
                    for (name, field) in zip(names, fields) {
                        put(text: name)
                        put(text: field)
                    }
                    return min(fields.count, names.count)
                }
            }
            return records.count
        }
    }

    private func put(text bytes: [UInt8]) {
        let buffer = ByteBuffer()
        buffer.append(bytes)
        put(buffer)
    }
}
