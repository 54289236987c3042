/// Ansible with the collection `vmware.vmware_rest`, in an environment that the first look makes.
public enum Ansible {
    /// The programs' folder.
    public static let programs = environment + "/bin"
    private static let environment = PythonSDK.package + "/.build/ansible-venv"

    /// Why it is not there; nil when it is.
    public static let obstacle: String? = {
        let script = PythonSDK.package + "/Tests/ansible/venv"
        let run = try? ProgramRun.shell("\(script) \(environment)", within: 900)
        guard let run, run.status != 0 else { return run == nil ? "no shell" : nil }
        return run.lines.last ?? run.error
    }()
}
