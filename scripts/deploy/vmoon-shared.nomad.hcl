# The nightly work as a batch job of Nomad whose copies share one list through a journal in PostgreSQL:
#   nomad job run vmoon-shared.nomad.hcl && nomad job periodic force vmoon-shared
job "vmoon-shared" {
  type = "batch"

  periodic {
    crons            = ["17 2 * * *"]
    prohibit_overlap = true
  }

  group "copies" {
    count = 8

    restart {
      attempts = 3
      delay    = "30s"
      mode     = "fail"
    }

    task "vmoon" {
      driver       = "exec"
      kill_timeout = "90s"

      config {
        command = "/usr/bin/vmoon"
        args    = ["--profile", "nightly", "--deadline", "2h", "--grace", "60s", "/etc/vmoon/night.lua"]
      }

      env {
        VMOON_JOURNAL   = "postgres://vmoon@db.example.com/vmoon"
        PGPASSFILE      = "${NOMAD_SECRETS_DIR}/pgpass"
        VMOON_STATE_DIR = "${NOMAD_TASK_DIR}/state"
        # The job of this night: periodic jobs have the time in their name.
        VMOON_RUN_NAME = "${NOMAD_JOB_ID}"
      }

      resources {
        cpu    = 200
        memory = 256
      }
    }
  }
}
