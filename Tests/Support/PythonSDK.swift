/// VMware's Python SDK, in an environment that the first look makes.
public enum PythonSDK {
    /// The folder of the package.
    public static let package = String(
        #filePath.dropLast("/Tests/Support/PythonSDK.swift".utf8.count)
    )
    /// The interpreter.
    public static let python = environment + "/bin/python"
    /// The environment's folder.
    public static let environment = package + "/.build/sdk-venv"

    /// Why the SDK is not there; nil when it is.
    public static let obstacle: String? = {
        let run = try? ProgramRun.shell("\(package)/Tests/sdk/venv \(environment)", within: 300)
        guard let run, run.status != 0 else { return run == nil ? "no shell" : nil }
        return run.lines.last ?? run.error
    }()
}
