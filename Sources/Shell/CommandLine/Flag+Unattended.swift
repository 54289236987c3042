extension Flag {
    /// What cron, timers and batch engines need.
    static let unattendedRows: [Flag] = [
        Flag(
            .lock,
            "lock",
            .lockName,
            "NAME",
            in: .unattended,
            "Let only one run with this NAME go on at a time.",
            detail: """
                Another one ends with exit code 75, before it reads a password or talks to a vCenter. The \
                lock lies in the state folder and ends with its holder, however that dies. NAME has \
                letters, digits, dots, underscores and hyphens.
                """
        ),
        Flag(
            .lockWait,
            "lock-wait",
            .duration(atLeast: .zero),
            "TIME",
            in: .unattended,
            "How long to wait for the lock, or for a run that holds the same item.",
            default: "0s",
            availability: .everywhere
        ),
        Flag(
            .shard,
            "shard",
            .shard,
            "I/N",
            in: .unattended,
            "Which of N copies this is: shard(list) gives its part of a list.",
            detail: """
                I counts from 0 or from 1: N/N is 0/N. Without it, the variables of Kubernetes, Slurm and \
                Nomad say which.
                """
        ),
    ]
}
