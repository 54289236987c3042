public import Buffers
public import VSphere

/// The secrets that a script holds: it sees handles, the texts stay here.
///
/// Their way out are the places that need them: the password of a session, a header or a body of `http`.
public final class SecretVault {
    private var secrets = ObjectTable<Secret>()

    /// Makes an empty one.
    public init() {}

    /// The secret behind a value of a script's; nil for any other value.
    public subscript(value: Value) -> Secret? {
        guard let object = value.object, object.kind == ObjectKind.secret.rawValue else {
            return nil
        }
        return secrets[object.identifier]
    }

    /// Appends the handle of a secret.
    func put(_ secret: Secret, into result: ValueBuffer) {
        result.put(object: ObjectKind.secret.rawValue, identifier: secrets.add(secret))
    }

    /// Drops one that no script refers to any more.
    func forget(_ identifier: UInt64) { secrets.remove(identifier) }
}

/// Where a script takes a secret from.
public enum SecretSource: Sendable, Equatable {
    /// A variable of the environment.
    case variable(String)
    /// A file.
    case file(String)
    /// A program and its arguments.
    case command([String])
    /// A program and its arguments on one line, split into words without a shell.
    case commandLine(String)
    /// A credential that systemd has passed to the unit.
    case credential(String)
}
