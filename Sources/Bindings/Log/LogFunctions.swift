internal import Buffers
internal import JSON
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    /// The module `log`.
    static let log: [FunctionSpec] = [
        logFunction(
            .debug,
            "Logs what only helps to find a fault.",
            #"log.debug("asked again", { after = 2 })"#
        ),
        logFunction(
            .info,
            "Logs what is worth knowing.",
            #"log.info("rolled back", { item = "ubuntu-22.04", version = "3" })"#
        ),
        logFunction(
            .warn,
            "Logs what may need somebody's attention.",
            #"log.warn("a check-out is old", { user = [[VSPHERE.LOCAL\alice]] })"#
        ),
        logFunction(
            .error,
            "Logs what went wrong.",
            """
            local ok, err = pcall(getVM, "vm-0")
            if not ok then log.error(err, { vm = "vm-0" }) end
            """
        ),
    ]

    private static func logFunction(
        _ level: LogRecord.Level,
        _ summary: String,
        _ example: String
    ) -> FunctionSpec {
        FunctionSpec(
            "log." + level.rawValue,
            summary,
            [
                Parameter("message", "any", "a text, or an error that was caught"),
                Parameter(
                    "fields",
                    "table",
                    "values beside it, sorted by name; a secret is written as ***, and so is a text whose name says "
                        + "that it is one",
                    isOptional: true
                ),
            ],
            returns: Result(
                "nil",
                "nothing; the record goes to standard error and the log file, if it is important enough"
            ),
            errors: ["usage"],
            example: example,
            isLenient: true
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "log.\(level)")
                guard let message = arguments[0] else {
                    throw arguments.misuse("there is no message")
                }
                if let fields = arguments[1], fields.kind != .record,
                    fields.kind != .array || fields.count > 0
                {
                    throw arguments.misuse("fields must be a table with names as its keys")
                }
                runtime.log(level, runtime.logText(message)) {
                    (arguments[1].map { Array($0.fields) } ?? [])
                        .map { field in
                            JSONValue.Member(
                                field.key.string ?? "",
                                JSONValue(field.value) { .string(runtime.describe($0)) }
                            ).withoutSecrets
                        }
                        .sorted { $0.name < $1.name }
                }
            }
        }
    }
}

extension Runtime {
    /// Writes a record, if an output wants records of this level.
    func log(
        _ level: LogRecord.Level,
        _ message: @autoclosure () -> String,
        _ fields: () -> [JSONValue.Member]
    ) {
        guard let output = configuration.log, level >= output.level else { return }
        output.write(
            LogRecord(
                time: configuration.wallTime(),
                level: level,
                message: message(),
                fields: fields()
            )
        )
    }

    /// The text of a message: the result of `tostring`; tables as `show` writes them.
    fileprivate func logText(_ message: Value) -> String {
        switch message.kind {
        case .string: message.string ?? ""
        case .object: describe(message)
        case .record where message["kind"]?.string != nil && message["outcome"]?.string != nil:
            errorLine(message)
        default: Show(describe: describe).inline(message)
        }
    }

    /// An error table on one line, in the order of its `tostring`.
    private func errorLine(_ error: Value) -> String {
        let text = { (name: String) in error[name]?.string ?? "" }
        var place = text("operation")
        if !text("subject").isEmpty { place += " (\(text("subject")))" }
        if !text("vcenter").isEmpty { place += " at \(text("vcenter"))" }
        let status = error["status"]?.integer.map { " (HTTP \($0))" } ?? ""
        return (place.isEmpty ? "" : place + ": ") + text("kind") + status + ": " + text("message")
    }
}
