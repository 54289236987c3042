public import Buffers
public import Posix
public import VSphere

/// The secrets of a script: it has handles, the texts stay here.
///
/// They are revealed only where they are needed: as the password of a session, in a header or body of `http`.
public final class SecretVault {
    /// How many times the size of a secret is kept, in all the spellings in which it is looked for.
    static var copies: Int { 16 }

    private var secrets = NumberedTable<Secret>()

    /// Called with every new secret, before a script has it.
    public var onEntry: ((Secret) -> Void)?

    /// Removes these and all other secrets of the run from texts of servers.
    public let redaction = Redaction()

    /// Makes an empty vault.
    public init() {}

    /// The secret that a script's value is a handle of; nil for any other value.
    public subscript(value: Value) -> Secret? {
        guard let object = value.object, object.kind == ObjectKind.secret.rawValue else {
            return nil
        }
        return secrets[object.identifier]
    }

    /// Keeps a secret from being shown or recorded.
    func hide(_ secret: Secret) {
        redaction.hide(secret)
        onEntry?(secret)
    }

    /// Writes the handle of a secret into a result.
    func put(_ secret: Secret, into result: ValueBuffer) {
        hide(secret)
        result.put(object: ObjectKind.secret.rawValue, identifier: secrets.add(secret))
    }

    /// Drops a secret that no script refers to any more.
    func forget(_ identifier: UInt64) { secrets.remove(identifier) }
}

/// The way to fetch a secret.
public enum SecretFetch {
    /// It was found, or there was an error.
    case done(Result<Secret, VSphereError>)
    /// A program prints it.
    case program(SecretProgram)
}

/// A program that prints a secret; it runs while other tasks continue.
public struct SecretProgram {
    /// How long it may run.
    public static var timeout: Duration { .seconds(30) }
    /// The most bytes it may write.
    public static var outputLimit: Int { 64 << 10 }

    /// The program and its arguments.
    public let arguments: [String]
    /// Makes a secret of what it wrote, or says why there is none.
    public let read: (Result<Command.Outcome, PosixError>) -> Result<Secret, VSphereError>

    /// Makes a description of a program.
    public init(
        _ arguments: [String],
        read: @escaping (Result<Command.Outcome, PosixError>) -> Result<Secret, VSphereError>
    ) {
        self.arguments = arguments
        self.read = read
    }
}

/// The place a script takes a secret from.
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
