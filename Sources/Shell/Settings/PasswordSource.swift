internal import Bindings
import Posix
import Synchronization
import VSphere

/// The source of a session's password; it is only fetched at log-in.
enum PasswordSource: Sendable {
    /// Already known.
    case known(Secret)
    case file(String)
    /// The words of a command.
    case command([String])
    /// `GOVC_PASSWORD`: the password, or the name of a file that contains it.
    case govc(Secret)
    /// None was configured: tries a systemd credential, `.netrc`, then asks on the terminal.
    case ambient

    typealias Failure = ConnectionProfile.PasswordFailure

    /// A closure that fetches it once and then remembers it: a second log-in, after a session has
    /// expired, must not run the command again.
    ///
    /// A failure is not remembered, nor what was typed: at the prompt the next log-in begins anew.
    func closure(for endpoint: Endpoint, user: String, in world: World)
        -> ConnectionProfile.PasswordSource
    {
        let memory = Memory()
        return {
            memory.result.withLock { known in
                if let known { return known }
                let result: Result<Secret, Failure>
                do throws(Failure) {
                    result = .success(try fetch(for: endpoint, user: user, in: world))
                } catch {
                    result = .failure(error)
                }
                if case .success(let secret) = result, !secret.isTyped { known = result }
                return result
            }
        }
    }

    private final class Memory: Sendable {
        let result = Mutex<Result<Secret, Failure>?>(nil)
    }

    private func fetch(
        for endpoint: Endpoint,
        user: String,
        in world: World
    ) throws(Failure) -> Secret {
        switch self {
        case .known(let secret): return secret
        case .file(let path):
            var secret = try Self.read(path, in: world)
            secret.source = .place("the file \(path.shownInMessage)")
            return secret
        case .command(let words):
            var secret = try Self.run(words, in: world)
            secret.source = .place("the command \((words.first ?? "").shownInMessage)")
            return secret
        case .govc(let secret):
            var secret = try Self.readAsGovc(secret, in: world)
            secret.source = .place("GOVC_PASSWORD")
            return secret
        case .ambient:
            if let secret = try Self.credential(in: world) { return secret }
            if let entry = Netrc.find(endpoint, user: user, in: world),
                var secret = entry.password
            {
                let path = Netrc.path(world.environment) ?? ""
                secret.source = .place("the file \(path.shownInMessage)")
                return secret
            }
            return try Self.ask(for: endpoint, user: user, in: world)
        }
    }

    private static func read(_ path: String, in world: World) throws(Failure) -> Secret {
        do throws(SecretReader.Problem) {
            return try SecretReader.file(path, in: world)
        } catch {
            throw Failure(error, hint: "--password-file names the file")
        }
    }

    private static func run(_ words: [String], in world: World) throws(Failure) -> Secret {
        let command = Command(
            words,
            timeout: SecretProgram.timeout,
            outputLimit: SecretProgram.outputLimit
        )
        let outcome = Result { () throws(PosixError) in try world.run(command) }
        do throws(SecretReader.Problem) {
            return try SecretReader.output(outcome, of: words.first ?? "")
        } catch {
            throw Failure(error)
        }
    }

    private static func credential(in world: World) throws(Failure) -> Secret? {
        guard let folder = world.environment.nonEmpty("CREDENTIALS_DIRECTORY") else { return nil }
        let path = "\(folder)/vmoon.password"
        do throws(SecretReader.Problem) {
            var secret = try SecretReader.file(path, in: world)
            secret.source = .place("the credential \(path.shownInMessage)")
            return secret
        } catch {
            if error.isNotFound { return nil }
            throw Failure(error, hint: "see LoadCredential= in the unit")
        }
    }

    private static func ask(
        for endpoint: Endpoint,
        user: String,
        in world: World
    ) throws(Failure) -> Secret {
        let whom = (user.isEmpty ? "" : user + "@") + endpoint.description
        let shown = whom.shownInMessage
        let hint = "use --password-file, --password-command or VMOON_PASSWORD"
        let answer: LinePrompt.Answer
        do throws(PosixError) {
            answer = try world.askSecret("Password for \(shown): ")
        } catch {
            let reason = error.isNoTerminal ? "no terminal to ask on" : error.description
            throw Failure(message: "no password for \(shown), and \(reason)", hint: hint)
        }
        switch answer {
        case .line(let text) where !text.isEmpty: return Secret(text, from: .typed)
        case .line, .endOfInput:
            throw Failure(message: "no password was given for \(shown)", hint: hint)
        case .interrupted, .givenUp:
            throw Failure(message: "the question for the password was interrupted", hint: "")
        }
    }

    /// govc takes the value for the name of a file if there is such a file, and drops the white
    /// space around what it holds.
    private static func readAsGovc(_ secret: Secret, in world: World) throws(Failure) -> Secret {
        switch GovcSecret.read(secret.reveal(), in: world) {
        case .success(let text): return Secret(text)
        case .failure(let error):
            throw Failure(
                message: "GOVC_PASSWORD names a file that may not be read (error \(error.code))",
                hint: "VMOON_PASSWORD is taken as it is"
            )
        }
    }
}

extension ConnectionProfile.PasswordFailure {
    fileprivate init(_ problem: SecretReader.Problem, hint: String = "") {
        self.init(message: "the password: \(problem.message)", hint: problem.hint ?? hint)
    }
}

extension String {
    /// Safe to show, without the quotes around it.
    fileprivate var shownInMessage: String { String(quotedForMessage.dropFirst().dropLast()) }
}

/// How govc reads `GOVC_USERNAME` and `GOVC_PASSWORD`.
enum GovcSecret {
    static func read(_ value: String, in world: World) -> Result<String, PosixError> {
        do throws(PosixError) {
            let contents = try world.readFile(value, SecretProgram.outputLimit)
            guard contents.status.isRegular else { return .success(value) }
            var text = contents.text[...].drop { $0.isWhitespace }
            while text.last?.isWhitespace == true { text.removeLast() }
            return .success(String(text))
        } catch {
            return error.isNotPermitted ? .failure(error) : .success(value)
        }
    }
}

extension Netrc {
    /// The entry for a vCenter in `$NETRC` or `~/.netrc`; nil also if there is no such file.
    static func find(_ endpoint: Endpoint, user: String, in world: World) -> Entry? {
        guard let path = path(world.environment),
            let contents = try? world.readFile(path, 1 << 20)
        else { return nil }
        return Netrc(parsing: contents.text).entry(host: endpoint.host, user: user)
    }

    static func path(_ environment: [String: String]) -> String? {
        environment.nonEmpty("NETRC") ?? environment.nonEmpty("HOME").map { "\($0)/.netrc" }
    }
}
