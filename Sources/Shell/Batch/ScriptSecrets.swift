internal import Bindings
internal import Posix
internal import Text
internal import VSphere

/// Fetches the secrets that scripts ask for, by the rules of `--password-file` and similar options.
struct ScriptSecrets {
    private static let limit = 64 << 10
    /// Variables that are removed from the environment before a script runs.
    private static let taken = ["VMOON_PASSWORD", "GOVC_PASSWORD", "VMOON_PING_URL"]

    let world: World

    /// Fetches a secret.
    /// - Parameter source: The place it comes from.
    /// - Returns: The secret, or an error without any part of it; or the program that prints it.
    func fetch(_ source: SecretSource) -> SecretFetch {
        do throws(VSphereError) {
            switch source {
            case .variable(let name):
                guard let text = world.environment.nonEmpty(name) else {
                    if Self.taken.contains(name) {
                        throw Self.failure(
                            "vmoon takes the variable \(name) out of the environment, for itself",
                            hint: "give the script a variable of another name, or a file"
                        )
                    }
                    throw Self.failure("the variable \(Display.escape(name)) is not set, or empty")
                }
                return .done(.success(Secret(text)))
            case .file(let path): return .done(.success(try read(path)))
            case .command(let words): return .program(Self.program(words))
            case .commandLine(let line): return .program(Self.program(try Self.split(line)))
            case .credential(let name):
                guard let folder = world.environment.nonEmpty("CREDENTIALS_DIRECTORY") else {
                    throw Self.failure(
                        "systemd has passed no credentials",
                        hint: "see LoadCredential= in the unit"
                    )
                }
                return .done(.success(try read("\(folder)/\(name)")))
            }
        } catch {
            return .done(.failure(error))
        }
    }

    private func read(_ path: String) throws(VSphereError) -> Secret {
        let contents: File.Contents
        do throws(PosixError) {
            contents = try world.readFile(path, Self.limit)
        } catch {
            throw Self.failure(error.description)
        }
        return try Self.secret(contents.bytes, of: path)
    }

    private static func program(_ words: [String]) -> SecretProgram {
        SecretProgram(words, timeout: .seconds(30), outputLimit: limit) { outcome in
            do throws(VSphereError) {
                return .success(try secret(outcome, of: words.first ?? ""))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func secret(
        _ run: Result<Command.Outcome, PosixError>,
        of program: String
    ) throws(VSphereError) -> Secret {
        let outcome: Command.Outcome
        switch run {
        case .success(let ended): outcome = ended
        case .failure(let error):
            throw failure(
                error.description,
                hint: "it is run without a shell: name a program and its arguments"
            )
        }
        let problem: String
        switch outcome.ending {
        case .exited(0): return try secret(outcome.output, of: program)
        case .exited(let code): problem = "ended with code \(code)"
        case .signalled(let signal): problem = "was ended by signal \(signal)"
        case .timedOut: problem = "took longer than 30 seconds"
        case .outputTooLarge: problem = "wrote more than a secret"
        case .cancelled: problem = "was stopped"
        }
        throw failure("\(program) \(problem)", hint: "run it by hand")
    }

    private static func split(_ line: String) throws(VSphereError) -> [String] {
        do throws(QuantityProblem) {
            return try WordSplitter.split(line)
        } catch {
            // The line itself may contain a secret.
            throw VSphereError(.usage, "the command: \(error.reason)", hint: error.hint)
        }
    }

    /// The secret in the bytes read: one newline at the end is not part of it.
    private static func secret(_ bytes: [UInt8], of source: String) throws(VSphereError) -> Secret {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.isEmpty else {
            let what = bytes.isEmpty ? "nothing" : "no UTF-8 text"
            throw failure("\(source) holds \(what)")
        }
        return Secret(text)
    }

    private static func failure(_ message: String, hint: String? = nil) -> VSphereError {
        VSphereError(.configuration, Display.escape(message), hint: hint)
    }
}
