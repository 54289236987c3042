internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// `rollback`: the operation, and the condition `if_latest`.
    static let rollback = FunctionSpec(
        "rollback",
        "Makes the previous version of an item the latest again, under a new identifier.",
        [
            Parameter("item", "vmoon.item|string", OperationText.item),
            Parameter("version", "string", "the version to go back to; not the latest"),
            Parameter("message", "string", OperationText.message),
            Parameter(
                "options",
                "{if_latest: string}",
                "if_latest: refuse with kind conflict unless this version is the latest",
                isOptional: true
            ),
        ],
        returns: Result("string", "the identifier of the new version"),
        errors: [
            "not_found", "invalid_argument", "not_allowed_in_current_state", "error",
        ] + ofEveryChange,
        example: """
            local ubuntu = item "golden/ubuntu-22.04"
            print(ubuntu:rollback("1", "bad patch", { if_latest = "2" }))
            """,
        receivers: [.session, .item],
        waits: true
    ) { runtime, call in
        do throws(VSphereError) {
            return try runtime.rollback(call)
        } catch {
            return runtime.raise(error, in: call)
        }
    }
}

extension Runtime {
    fileprivate func rollback(_ call: HostCall) throws(VSphereError) -> Verdict {
        try checkPolicy("rollback", isChanging: true)
        let target = try self.target(of: call.arguments, for: "rollback")
        guard target.arguments.count > 3, target.arguments[3].kind != .nil else {
            return perform(.rollback, call)
        }
        guard target.arguments.dropFirst(4).allSatisfy({ $0.kind == .nil }) else {
            throw VSphereError(
                .usage,
                "takes 4 arguments, got \(target.arguments.count)",
                operation: "rollback"
            )
        }
        let arguments = Array(target.arguments.prefix(3))
        let request = try Call(.rollback, arguments)
        let latest = try condition(target.arguments[3])
        guard isPlanned(request, at: target.vcenter) else {
            return change(request, target, call, ifLatest: latest)
        }
        return waits(call) { pending in
            let steps = CallSequence(pending: pending, vcenter: target.vcenter, name: "rollback")
            steps.call(.getItem, [arguments[0]]) { model in
                let now = model?["content_version"]?.string ?? ""
                guard now == latest else {
                    let shown = "\(Display.escape(latest)) but \(Display.escape(now))"
                    return steps.fail(
                        VSphereError(
                            .conflict,
                            "the latest version is not \(shown)",
                            hint: "somebody changed the item; look at listChanges(item)"
                        )
                    )
                }
                steps.plan(request, arguments) { result in steps.end(with: result) }
            }
        }
    }

    private func condition(_ options: Value) throws(VSphereError) -> String {
        var expected: String?
        for (key, value) in options.fields {
            guard key.isString("if_latest") else {
                let name = Display.name(key.string ?? "")
                throw usage("options.\(name): there is no such option", "it is if_latest")
            }
            expected = value.string
        }
        guard let expected, !expected.isEmpty else {
            throw usage("options must be { if_latest = version }", "version as listVersions has it")
        }
        return expected
    }

    private func usage(_ message: String, _ hint: String) -> VSphereError {
        VSphereError(.usage, message, operation: "rollback", hint: hint)
    }
}
