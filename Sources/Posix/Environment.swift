// Glibc declares `environ` without saying which threads may access it; only this file accesses it.
@preconcurrency import Glibc

/// The environment of the process.
public enum Environment {
    /// A copy of all variables; of a name that occurs twice the first one counts, as for `getenv`.
    public static func all() -> [String: String] {
        var result = [String: String](minimumCapacity: 64)
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

    /// Removes a variable and overwrites its value, so that neither a child nor `/proc/PID/environ` shows it.
    ///
    /// The environment is not protected against other threads: to be called before there are any.
    public static func remove(_ name: String) {
        if let value = getenv(name) { memset(value, 0, strlen(value)) }
        unsetenv(name)
    }

    /// Sets a variable and overwrites its old value, under the same condition.
    public static func replace(_ name: String, with value: String) {
        remove(name)
        setenv(name, value, 1)
    }
}
