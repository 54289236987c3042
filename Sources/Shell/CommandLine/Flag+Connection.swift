internal import Bindings
internal import Text
internal import VSphere

extension Flag {
    static let connectionRows: [Flag] = [
        Flag(
            .vcenter,
            "vcenter",
            .address,
            "URL",
            in: .connection,
            "The vCenter to talk to.",
            detail: """
                https://host[:port] or just host[:port]; a path such as /sdk is dropped. \
                user@ in it counts for that host only; so does user:password@ in a variable, where the \
                password is taken out once it is read. http:// is accepted for this machine, elsewhere only with \
                --insecure.
                """,
            environment: ["VMOON_VCENTER", "GOVC_URL"],
            profileKey: "vcenter",
            availability: .everywhere
        ),
        Flag(
            .user,
            "user",
            .text,
            "NAME",
            in: .connection,
            "The user to log in as.",
            detail: "Otherwise the user part of the URL.",
            environment: ["VMOON_USER", "GOVC_USERNAME"],
            profileKey: "user",
            availability: .everywhere
        ),
        Flag(
            .passwordFile,
            "password-file",
            .path,
            "FILE",
            in: .connection,
            "Read the password from FILE.",
            detail: """
                One newline at its end is removed. Without this and --password-command: \
                VMOON_PASSWORD_FILE, VMOON_PASSWORD, GOVC_PASSWORD, the systemd credential \
                vmoon.password, ~/.netrc (not its default entry), then a question on the \
                terminal. There is no --password: other users could read it.
                """,
            environment: ["VMOON_PASSWORD_FILE"],
            profileKey: "password_file",
            availability: .everywhere
        ),
        Flag(
            .passwordCommand,
            "password-command",
            .text,
            "CMD",
            in: .connection,
            "Take the password from the output of CMD.",
            detail: """
                CMD is split into words (quotes and backslashes as in a shell) and run without \
                a shell, once, at log-in, for at most \(SpanText.spelled(SecretProgram.timeout)).
                """,
            profileKey: "password_command",
            availability: .everywhere
        ),
        Flag(
            .profile,
            "profile",
            .text,
            "NAME",
            in: .connection,
            "Use the entry NAME of config.lua.",
            detail: """
                $XDG_CONFIG_HOME/vmoon/config.lua returns a table { NAME = { vcenter = ..., \
                user = ..., password_file = ... } }. It must belong to you or root and be \
                writable by no one else.
                """,
            environment: ["VMOON_PROFILE"],
            availability: .everywhere
        ),
        Flag(
            .api,
            "api",
            .choice(ConnectionProfile.DialectChoice.allCases.map(\.rawValue)),
            "DIALECT",
            in: .connection,
            "Which of vCenter's dialects to speak.",
            detail: """
                auto tries /rest, and /api where there is no /rest; jsonrpc calls every operation as VMware's SDKs do.
                """,
            environment: ["VMOON_API"],
            default: .text(ConnectionProfile.DialectChoice.usual.rawValue),
            profileKey: "api",
            availability: .everywhere
        ),
        Flag(
            .sim,
            "sim",
            in: .connection,
            "Send every session to a private simulator.",
            detail: "One is started for each vCenter named; configured credentials are not used."
        ),
        inventory,
    ]

    /// The inventory that the simulators of a run begin with.
    static let inventory = Flag(
        .inventory,
        "inventory",
        .path,
        "FILE",
        in: .connection,
        "Let the simulators begin with the inventory in FILE.",
        detail: "As vmoon snapshot writes it. One with several vCenters gives each its part."
    )

    static let trustRows: [Flag] = [
        Flag(
            .caFile,
            "ca-file",
            .path,
            "FILE",
            in: .trust,
            "Trust the authorities in FILE, in place of the system's.",
            detail: "PEM. GOVC_TLS_CA_CERTS may name several files, separated by colons.",
            environment: ["VMOON_CA_FILE", "GOVC_TLS_CA_CERTS"],
            profileKey: "ca_file",
            availability: .everywhere
        ),
        Flag(
            .pin,
            "pin",
            .pin,
            "sha256//B64",
            in: .trust,
            "Trust the server's key with this hash.",
            detail: "May be repeated. Alone it is enough; with --ca-file both must hold.",
            isRepeatable: true,
            profileKey: "pin",
            availability: .everywhere
        ),
        Flag(
            .insecure,
            "insecure",
            in: .trust,
            "Do not verify the server's certificate.",
            detail: "Warns once.",
            environment: ["VMOON_INSECURE", "GOVC_INSECURE"],
            profileKey: "insecure",
            availability: .everywhere
        ),
    ]
}
