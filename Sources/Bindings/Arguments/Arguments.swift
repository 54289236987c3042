internal import Buffers
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

/// The arguments of a call to a module's function, read by name.
///
/// A wrong argument is reported the same way everywhere: kind `usage`, the function, the parameter, what it
/// should be.
struct Arguments {
    /// The function's name, such as `json.decode`.
    let function: String
    private let values: [Value]

    /// Reads the arguments of a call.
    init(_ call: HostCall, of function: String) {
        self.init(call.arguments.values, of: function)
    }

    /// Reads arguments without the object that a method was called on.
    init(_ values: [Value], of function: String) {
        self.function = function
        self.values = values
    }

    /// The number of arguments, trailing nils included.
    var count: Int { values.count }

    /// The argument at a place; nil where it is absent or Lua's nil.
    subscript(index: Int) -> Value? {
        guard values.indices.contains(index), values[index].kind != .nil else { return nil }
        return values[index]
    }

    /// A required string.
    func string(_ index: Int, _ name: String) throws(VSphereError) -> String {
        guard let text = self[index]?.string else { throw misuse("\(name) must be a string") }
        return text
    }

    /// A required string that is not empty.
    func name(_ index: Int, _ name: String) throws(VSphereError) -> String {
        let text = try string(index, name)
        guard !text.isEmpty else { throw misuse("\(name) must not be empty") }
        return text
    }

    /// The name of a file that must be there, byte by byte.
    func path(_ index: Int, _ name: String) throws(VSphereError) -> String {
        _ = try self.name(index, name)
        return SystemText.text(self[index]?.bytes ?? [])
    }

    /// A finite number that must be there.
    func number(_ index: Int, _ name: String) throws(VSphereError) -> Double {
        guard let number = self[index]?.number else { throw misuse("\(name) must be a number") }
        guard number.isFinite else { throw misuse("\(name) must be finite") }
        return number
    }

    /// An optional table of options; a name that is not among the known ones is refused.
    func options(_ index: Int, known: [String]) throws(VSphereError) -> Value? {
        guard let options = self[index] else { return nil }
        guard options.kind == .record else { throw misuse("options must be a table") }
        for (key, _) in options.fields {
            guard let name = key.string, !known.contains(name) else { continue }
            let guess = Suggestion.nearest(to: name, among: known).map { "did you mean \($0)? " }
            throw misuse(
                "there is no option \"\(Display.name(name))\"",
                hint: (guess ?? "") + "the options are \(known.joined(separator: ", "))"
            )
        }
        return options
    }

    /// The error for a misuse of the function.
    func misuse(_ message: String, hint: String? = nil) -> VSphereError {
        VSphereError(.usage, message, operation: function, hint: hint)
    }
}

extension Runtime {
    /// Runs the body of a function that answers at once; an error it throws is raised.
    func answer(_ call: HostCall, _ body: () throws(VSphereError) -> Void) -> Verdict {
        do throws(VSphereError) {
            try body()
            return .returned
        } catch {
            return raise(error, in: call)
        }
    }
}
