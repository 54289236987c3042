internal import Bindings
internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension ScriptRun {
    /// Carries out the command line and ends the process.
    static func start(
        _ invocation: Invocation,
        _ world: inout World,
        continuing continuation: RunContinuation? = nil,
        noting role: NeededRole? = nil
    ) {
        // If the start fails, the address is no longer in the environment.
        let surroundings = world
        let invocation = world.rehearsal == nil ? invocation : invocation.rehearsed
        // Later the run's own deadline applies.
        var deadline = invocation[.deadline]?.duration
        let secrets = SecretVault()
        secrets.redaction.hideProxies(of: world.environment)
        let runID = world.recordedRun ?? world.newRun()
        var log: RunLog?
        func fail(_ message: String, _ code: ExitCode) {
            world.sharedJournal?.end()
            surroundings.refuseRun(invocation, message, code, log: log, secrets.redaction)
        }
        do {
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: deadline, surroundings)
            }
            deadline = nil
            // A program that the script starts must not report its own end.
            world.environment["VMOON_PING_URL"] = nil
            world.removeVariable("VMOON_PING_URL")
            let opened = try RunLog(
                invocation,
                settings.run,
                runID: runID,
                world,
                secrets.redaction
            )
            log = opened
            try ScriptRun(invocation, world, settings, continuation, role, secrets, opened).run()
        } catch let error as SettingsError {
            fail(error.description, error.exitCode)
        } catch {
            fail("\(error)", .internalError)
        }
    }
}
