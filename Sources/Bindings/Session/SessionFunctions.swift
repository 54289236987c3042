internal import Buffers
internal import LuaHost
internal import Posix
internal import VSphere

extension FunctionSpec {
    /// The options of `session{…}`: the connection options of the command line.
    private static let sessionOptions: LuaType = """
        {profile: string?, vcenter: string?, user: string?, password: string|vmoon.secret?, \
        password_file: string?, password_command: string|string[]?, ca_file: string?, \
        pin: string|string[]?, insecure: boolean?, api: ("auto"|"rest"|"api"|"jsonrpc")?, \
        timeout: string|number?, connect_timeout: string|number?, \
        operation_timeout: string|number?, max_answer: string|integer?, limit: integer?}
        """

    /// `session` and the methods of session objects.
    static let session: [FunctionSpec] = [
        FunctionSpec(
            "session",
            "Opens a session with a vCenter, or joins the one that this run has with it already.",
            [
                Parameter(
                    "options",
                    sessionOptions,
                    "vcenter, user, password_file, ca_file, profile … as the command line names them; a "
                        + "password given here must be that of the session joined; without it, what the command line, a profile or the environment says",
                    isOptional: true
                )
            ],
            returns: Result(
                "vmoon.session",
                "the session: every operation is a method of it; fields vcenter, user, dialect"
            ),
            errors: [
                "unauthenticated", "service_unavailable", "tls", "transport", "timeout", "usage",
            ],
            example: """
                local vc <close> = session()
                print(vc.dialect)
                """,
            waits: true
        ) { runtime, call in
            let options = call.arguments.root
            if let options, options.kind != .record, options.kind != .nil {
                let problem = VSphereError(
                    .usage,
                    "options must be a table",
                    operation: "session",
                    hint: "session{ vcenter = \"vc.example.com\", user = \"me\" }"
                )
                return runtime.raise(problem, in: call)
            }
            return runtime.waits(call) { pending in
                runtime.connections.open(options?.kind == .record ? options : nil) { opened in
                    switch opened {
                    case .success(let handle) where pending.isOver:
                        runtime.connections.close(handle) { _ in }  // too late: the call is over
                    case .success(let handle):
                        call.result.put(object: ObjectKind.session.rawValue, identifier: handle)
                        runtime.finish(pending, nil)
                    case .failure(let error): runtime.finish(pending, error)
                    }
                }
            }
        },
        FunctionSpec(
            "close",
            "Closes a handle; the last one of a session logs out, a progress bar ends its line.",
            returns: Result("nil", "nothing; closing it again does nothing"),
            errors: [],
            example: "session():close()",
            receivers: [.session, .progress],
            isGlobal: false,
            isLenient: true,
            waits: true
        ) { runtime, call in
            guard let object = call.arguments.root?.object else { return .returned }
            if object.kind == ObjectKind.progress.rawValue {
                runtime.bars[object.identifier]?.close()
                return .returned
            }
            // A C module has forked: the session belongs to the parent, which still uses it.
            if CurrentProcess.isForked { return .returned }
            return runtime.waits(call, isShielded: true) { pending in
                // A failed log-out is ignored; the script's own outcome matters more.
                runtime.connections.close(object.identifier) { _ in runtime.finish(pending, nil) }
            }
        },
    ]
}
