internal import Buffers
internal import JSON
internal import VSphere

extension VSphereError {
    /// Writes the fields of the error table that a script sees.
    ///
    /// Shape: `kind`, `message`, `outcome`, `retryable`, `exit_code` always; `status`, `operation`, `subject`,
    /// `vcenter`, `type`, `hint`, `cause`, `data`, `challenge`, `messages` where they are known.
    func write(into out: ValueBuffer) {
        out.putError {
            var count = 0
            func field(_ name: StaticString, _ write: () -> Void) {
                out.put(literal: name)
                write()
                count += 1
            }
            func text(_ name: StaticString, _ value: String?) {
                guard let value, !value.isEmpty else { return }
                field(name) { out.put(value) }
            }
            text("kind", kind.rawValue)
            field("message") { out.put(message) }
            text("operation", operation)
            text("subject", subject)
            text("vcenter", vcenter)
            text("type", type)
            text("hint", hint)
            text("cause", cause?.rawValue)
            text("challenge", challenge)
            text("outcome", outcome.rawValue)
            field("retryable") { out.put(isRetryable) }
            field("exit_code") { out.put(Int(exitCode.rawValue)) }
            if let status { field("status") { out.put(status) } }
            if let data { field("data") { out.put(data) } }
            if !messages.isEmpty { field("messages") { writeMessages(into: out) } }
            return count
        }
    }

    private func writeMessages(into out: ValueBuffer) {
        out.putArray {
            for message in messages {
                var members: [JSONValue.Member] = [
                    .init("id", .string(message.id)),
                    .init("default_message", .string(message.defaultMessage)),
                    .init("args", .array(message.arguments.map { .string($0) })),
                ]
                if let text = message.localized {
                    members.append(.init("localized", .string(text)))
                }
                if let named = message.parameters { members.append(.init("params", named)) }
                out.put(.object(members))
            }
            return messages.count
        }
    }
}
