internal import Text
/// A word that people type at a prompt and that is no Lua of any use: how to leave, or a call for help.
struct PlainWord {
    /// The global that it names; nil for a question mark.
    let name: String?
    /// The advice for it.
    let advice: String
    /// Whether it is said although the global is there: the word alone would show a function.
    private let isFunction: Bool

    /// Reads a line; nil if it is anything else.
    init?(_ line: String) {
        var word = line.trimmed
        while word.last == ";" { word = String(word.dropLast()).trimmed }
        let isCall = word.hasSuffix("()")
        if isCall { word.removeLast(2) }
        switch word {
        case "exit", "quit", "bye", "logout":
            name = word
            advice = ".exit or Ctrl-D leaves"
            isFunction = false
        case "help" where !isCall, "?" where !isCall:
            name = word == "help" ? word : nil
            advice =
                "help() lists the functions, help(name) tells more about one, .help lists the keys"
            isFunction = word == "help"
        default: return nil
        }
    }

    /// Whether it is meant so.
    ///
    /// `isOurs` is whether the global is a function or an object of vmoon's, `type` the type
    /// of any other value, if there is one.
    func isMeant(_ isOurs: Bool, _ type: String?) -> Bool {
        isFunction ? isOurs : !isOurs && (type == nil || type == "nil")
    }
}
