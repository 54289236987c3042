internal import Bindings
import Posix
internal import Text
import VSphere

/// Reads a secret from a file, or out of what a program printed: for passwords and for scripts by the same rules.
enum SecretReader {
    /// Why there is none; holds no part of a secret.
    struct Problem: Error {
        let message: String
        var hint: String?
        var isNotFound = false
    }

    /// The secret in a file.
    static func file(_ path: String, in world: World) throws(Problem) -> Secret {
        let contents: File.Contents
        do throws(PosixError) {
            contents = try world.readFile(path, SecretProgram.outputLimit)
        } catch {
            throw Problem(message: error.description, isNotFound: error.isNotFound)
        }
        return try secret(contents.bytes, in: path)
    }

    /// The secret that a program printed.
    static func output(
        _ run: Result<Command.Outcome, PosixError>,
        of program: String
    ) throws(Problem) -> Secret {
        let outcome: Command.Outcome
        switch run {
        case .success(let ended): outcome = ended
        case .failure(let error):
            throw Problem(
                message: error.description,
                hint: "it is run without a shell: name a program and its arguments"
            )
        }
        let problem: String
        switch outcome.ending {
        case .exited(0): return try secret(outcome.output, in: "the output of \(program)")
        case .exited(let code): problem = "ended with code \(code)"
        case .signalled(let signal): problem = "was ended by signal \(signal)"
        case .timedOut: problem = "took longer than \(SpanText.spelled(SecretProgram.timeout))"
        case .outputTooLarge: problem = "printed more than a secret"
        case .cancelled: problem = "was stopped"
        }
        throw Problem(message: "\(program) \(problem)", hint: "run it by hand")
    }

    /// The secret in what was read: one newline at its end is not part of it.
    private static func secret(_ bytes: [UInt8], in source: String) throws(Problem) -> Secret {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Problem(message: "\(source) holds nothing") }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Problem(message: "\(source) holds no UTF-8 text")
        }
        return Secret(text)
    }
}
