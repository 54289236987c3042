// Glibc declares `environ` without saying who may touch it when; nothing but this file does.
@preconcurrency import Glibc

/// The environment of the process.
public enum Environment {
    /// A copy of all variables; of a name that occurs twice the first counts, as for `getenv`.
    public static func all() -> [String: String] {
        var result: [String: String] = [:]
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(line[..<equals])
                if result[name] == nil {
                    result[name] = String(line[line.utf8.index(after: equals)...])
                }
            }
            entry += 1
        }
        return result
    }

    /// Removes a variable and wipes its value, so that neither a child nor `/proc/PID/environ` shows it.
    ///
    /// The environment is not guarded against other threads: to be called before there are any.
    public static func remove(_ name: String) {
        if let value = getenv(name) { memset(value, 0, strlen(value)) }
        unsetenv(name)
    }

    /// Gives a variable another value and wipes the one it had, under the same condition.
    public static func replace(_ name: String, with value: String) {
        remove(name)
        setenv(name, value, 1)
    }
}
