internal import Text

/// Names in other languages and libraries for functions of ours.
enum Synonyms {
    /// The global that a name stands for elsewhere.
    static let globals = [
        "unpack": "table.unpack", "loadstring": "load", "wait": "sleep", "setTimeout": "sleep",
        "thread": "spawn",
    ]
    /// The same for fields and methods; only names that are there count.
    private static let fields: [String: [String]] = [
        "warning": ["warn"], "err": ["error"], "fatal": ["error"], "critical": ["error"],
        "notice": ["info"], "trace": ["debug"], "wait": ["join"], "await": ["join"],
        "stop": ["cancel"], "kill": ["cancel"], "abort": ["cancel"],
        "exit_code": ["code"], "exitcode": ["code"], "status": ["code"], "rc": ["code"],
        "output": ["stdout"], "out": ["stdout"],
        "stringify": ["encode"], "dumps": ["encode"], "serialize": ["encode"],
        "loads": ["decode"], "deserialize": ["decode"], "split": ["gmatch"], "length": ["len"],
        "put": ["post"],
    ]

    /// The name that was probably meant: one of nearly the same letters, else one of the same meaning.
    static func nearest(to word: String, among names: [String]) -> String? {
        Suggestion.nearest(to: word, among: names)
            ?? fields[word]?.first { names.contains($0) }
    }
}
