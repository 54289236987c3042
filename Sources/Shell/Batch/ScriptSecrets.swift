internal import Bindings
internal import Posix
internal import Text
internal import VSphere

/// Fetches the secrets that scripts ask for, by the rules of `--password-file` and similar options.
struct ScriptSecrets {
    /// Variables that have left the environment before any script runs.
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
                    throw Self.failure("the variable \(Display.name(name)) is not set, or empty")
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
        do throws(SecretReader.Problem) {
            return try SecretReader.file(path, in: world)
        } catch {
            throw Self.failure(error.message, hint: error.hint)
        }
    }

    private static func program(_ words: [String]) -> SecretProgram {
        SecretProgram(words) { outcome in
            do throws(SecretReader.Problem) {
                return .success(try SecretReader.output(outcome, of: words.first ?? ""))
            } catch {
                return .failure(failure(error.message, hint: error.hint))
            }
        }
    }

    private static func split(_ line: String) throws(VSphereError) -> [String] {
        do throws(QuantityProblem) {
            return try WordSplitter.split(line)
        } catch {
            // The line itself may contain a secret.
            throw VSphereError(.usage, "the command: \(error.reason)", hint: error.hint)
        }
    }

    private static func failure(_ message: String, hint: String? = nil) -> VSphereError {
        VSphereError(.configuration, Display.escape(message), hint: hint)
    }
}
