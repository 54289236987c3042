internal import Buffers
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The module `secret`.
    static let secret: [FunctionSpec] = [
        FunctionSpec(
            "secret.env",
            "Takes a secret from a variable of the environment.",
            [Parameter("name", "string", "the variable; it must not be empty")],
            returns: handle,
            errors: ["configuration", "usage"],
            example: #"print(secret.env "PATH")"#
        ) { runtime, call in
            runtime.secret(call, "secret.env") { arguments throws(VSphereError) in
                .variable(try arguments.name(0, "name"))
            }
        },
        FunctionSpec(
            "secret.file",
            "Takes a secret from a file; one newline at its end is not part of it.",
            [Parameter("path", "string", "the file")],
            returns: handle,
            errors: ["configuration", "usage"],
            example: #"print(secret.file "/etc/hostname")"#
        ) { runtime, call in
            runtime.secret(call, "secret.file") { arguments throws(VSphereError) in
                .file(try arguments.path(0, "path"))
            }
        },
        FunctionSpec(
            "secret.command",
            "Takes a secret from what a program prints; one newline at its end is not part of it.",
            [
                Parameter(
                    "command",
                    "string|string[]",
                    "the program with its arguments; run without a shell, at most "
                        + "\(SpanText.spelled(SecretProgram.timeout)); other tasks go on meanwhile"
                )
            ],
            returns: handle,
            errors: ["configuration", "usage"],
            example: #"print(secret.command { "printf", "a secret" })"#
        ) { runtime, call in
            runtime.secret(call, "secret.command") { arguments throws(VSphereError) in
                guard let list = arguments[0], list.kind == .array else {
                    return .commandLine(try arguments.name(0, "command"))
                }
                let words = list.elements.compactMap { $0.bytes.map(SystemText.text) }
                guard words.count == list.count, words.first?.isEmpty == false else {
                    throw arguments.misuse("command must be a list of strings")
                }
                return .command(words)
            }
        },
        FunctionSpec(
            "secret.credential",
            "Takes a secret from a credential that systemd has passed to the unit.",
            [Parameter("name", "string", "as in LoadCredential=name:…")],
            returns: handle,
            errors: ["configuration", "usage"],
            example: """
                if os.getenv "CREDENTIALS_DIRECTORY" then
                  print(secret.credential "backup.token")
                end
                """
        ) { runtime, call in
            runtime.secret(call, "secret.credential") { arguments throws(VSphereError) in
                let name = try arguments.name(0, "name")
                guard name != ".", name != "..", !name.contains("/") else {
                    throw arguments.misuse("name must be the name of a credential, not a path")
                }
                return .credential(name)
            }
        },
    ]

    private static let handle = Result(
        "vmoon.secret",
        "an opaque value that is shown as *** everywhere; for the password of session{…}, and for "
            + "headers and bodies of http"
    )
}

extension Runtime {
    fileprivate func secret(
        _ call: HostCall,
        _ function: String,
        _ source: (Arguments) throws(VSphereError) -> SecretSource
    ) -> Verdict {
        do throws(VSphereError) {
            let source = try source(Arguments(call, of: function))
            switch configuration.fetchSecret(source) {
            case .done(let result):
                guard let error = put(result, for: function, in: call) else {
                    return .returned
                }
                return raise(error, in: call)
            case .program(let program):
                return waits(call) { pending in run(program, for: function, pending) }
            }
        } catch {
            return raise(error, in: call)
        }
    }

    private func run(_ program: SecretProgram, for function: String, _ pending: Pending) {
        do throws(PosixError) {
            let process = try PipedProcess(program.arguments, sharesTerminal: true)
            let watch = ProgramWatch(process, outputLimit: SecretProgram.outputLimit, on: multi) {
                [self] ending, output, _ in
                guard let ending else { return finish(pending, .noMemory) }
                let output = output.bytes
                let secret = program.read(.success(Command.Outcome(ending: ending, output: output)))
                finish(pending, put(secret, for: function, in: pending.call))
            }
            pending.cancellation = .other { [self] in
                watch.stop()
                finish(pending, VSphereError(.cancelled, "cancelled"))
            }
            watch.begin(timeout: SecretProgram.timeout, endsAlone: true)
        } catch {
            finish(pending, put(program.read(.failure(error)), for: function, in: pending.call))
        }
    }

    /// Writes the handle of a secret, or raises the error.
    private func put(
        _ secret: Swift.Result<Secret, VSphereError>,
        for function: String,
        in call: HostCall
    ) -> VSphereError? {
        switch secret {
        case .success(let secret):
            configuration.secrets.put(secret, into: call.result)
            call.keeps(secret.size * SecretVault.copies)
            return nil
        case .failure(var error):
            error.operation = function
            return error
        }
    }
}
