public import Buffers
public import Changes
public import Posix
public import Text
public import Transport
public import VSphere

extension Runtime {
    /// The settings of a run, chosen by its caller.
    public struct Configuration {
        /// Makes the profile of a session from the options of `session{…}`; nil for
        /// no options.
        public var profile: (Value?) -> Swift.Result<ConnectionProfile, VSphereError>
        /// Ends the process; called after the shutdown.
        public var exit: (Int) -> Void
        /// Called with why the loop of the run fails, right before `exit` ends the run for it.
        public var tellBrokenLoop: (String) -> Void = { _ in }
        /// Called with every request; for logs.
        public var trace: ((TraceEvent) -> Void)?
        /// Called with every call that is made or planned.
        public var noteCall: ((Call) -> Void)?
        /// Called with every change that has its verdict, and with reads if `observesReads` is set; for logs
        /// and metrics.
        public var observe: ((OperationEvent) -> Void)?
        /// Whether `observe` is called for reads too.
        public var observesReads = false
        /// The run's place in its trace; nil if it is not traced.
        public var span: Span?
        /// Called with every step that has ended, where the run is traced.
        public var observeStep: ((StepEvent) -> Void)?
        /// Gives what `TRACEPARENT` tells a program that a part of the trace starts.
        public var traceparent: ((Span) -> String)?
        /// Called with what a run that is being stopped waits for; for the person at the terminal.
        public var notice: ((String) -> Void)?
        /// Called after each turn of the loop; carries out what a signal has asked for.
        public var onTurn: (() -> Void)?
        /// How long changes in flight are waited for once the run is stopped.
        public var grace = Runtime.usualGrace
        /// How many tasks `parallel` runs at once, where a script does not say.
        public var taskLimit = 16
        /// Whether `LUA_PATH_5_4` and similar variables are obeyed.
        public var usesEnvironment = true
        /// Where log records go; nil for nowhere.
        public var log: LogOutput?
        /// The time of day, since 1970-01-01T00:00:00Z.
        public var wallTime: () -> Duration = { .zero }
        /// Lets time pass where all vCenters are simulated; nil for the real time.
        public var timekeeper: (any Timekeeper)?
        /// Replaces a file, readable by all.
        public var writeFile: (String, [UInt8]) throws(PosixError) -> Void = { _, _ in }
        /// The time zone of a name, or that of this machine for nil; nil if there is none.
        public var zone: (String?) -> TimeZone? = { _ in .utc }
        /// The width of standard output in characters; nil where no terminal shows it.
        public var columns: () -> Int? = { nil }
        /// Whether values are shown in colours on standard output.
        public var usesColor = false
        /// The terminal where a person watches the run.
        public var terminal = Terminal(columns: { nil }, write: { _ in })
        /// The proxy on the way to a host, for messages: libcurl finds it by itself.
        public var proxy: (Endpoint) -> ConnectionProfile.Proxy? = { _ in nil }
        /// The secrets that scripts hold.
        public var secrets = SecretVault()
        /// Asks whoever sits at the terminal: the question, whether the answer is a secret, and what is done
        /// meanwhile, which gives false to end it; nil where nobody is to be asked.
        public var ask: ((String, Bool, () -> Bool) throws(PosixError) -> LinePrompt.Answer)?
        /// Whether every question that can be answered with yes is.
        public var answersYes = false
        /// Fetches a secret for a script.
        public var fetchSecret: (SecretSource) -> SecretFetch = { _ in
            .done(.failure(VSphereError(.configuration, "this run has no access to secrets")))
        }
        /// The changes that the run may make.
        public var changes = ChangePolicy.allowed
        /// Whether the plan of a dry run is kept for a file.
        public var keepsPlan = false
        /// Called with each line of the plan in a dry run; safe to show.
        public var plan: (String) -> Void = { _ in }
        /// Which of several copies of the run this is; nil for the only one, an error if that cannot be
        /// determined.
        public var shard: () -> Swift.Result<Shard?, VSphereError> = { .success(nil) }
        /// The step after which the run stops; nil for a run that goes on to its end.
        public var lastStep: String?
        /// Set for an untrusted script.
        public var sandbox: Sandbox?
        /// How changes are recorded and observed.
        public var record = ChangeSettings()
        /// Records the traffic of sessions, or plays it back.
        public var tape: Tape?
        /// Set where tests of scripts run.
        public var bench: TestBench?

        /// Makes a configuration with the default limits.
        public init(
            profile: @escaping (Value?) -> Swift.Result<ConnectionProfile, VSphereError>,
            exit: @escaping (Int) -> Void
        ) {
            self.profile = profile
            self.exit = exit
        }
    }
}
