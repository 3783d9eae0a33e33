namespace Leash.Cli.CommandLine;

/// <summary>What <c>leash --help</c> prints.</summary>
internal static class HelpText
{
    public const string Text =
        """
        leash runs a command under a Cedar policy: everything it does on this machine is decided and recorded.

        Usage:
          leash [flags] [--] COMMAND [ARG…]        run a command; what follows it belongs to it
          leash policy validate FILE…              check policies
          leash policy explain ACTION RESOURCE     what is decided about one request, and why
          leash policy apply FILE…                 change the policies of a running session
          leash policy schema                      print the Cedar schema of the vocabulary
          leash audit show [SESSION]               what a session did
          leash audit verify [SESSION]             whether its log is complete and unchanged
          leash doctor                             what this machine can enforce, each claim tried

        Flags:
          --policy FILE          a Cedar policy in addition to the base layer; may be repeated.
                                 Without one, the built-in standard policy applies
          --mode MODE            enforce (default), shadow (denials are logged and happen), record (all is logged)
          --enforcer NAME        auto (default): bpf-cgroup where it works (files by seccomp, the network in the
                                 kernel, too), else seccomp (all by a supervisor); or one of these by name, or
                                 bpf-lsm, bpf-modify-return (all in the kernel; not yet taken by themselves). A name
                                 that cannot be had stops the start; `leash doctor` says what can
          --workspace DIR        the directory that the policy calls ${workspace} (default: the current one)
          -e, --env KEY=VALUE    set a variable for the command; `-e KEY` passes leash's own value on
          -v, --volume SRC:DST[:ro]
                                 show a file or directory at another place
          --dns ADDRESS[:PORT]   name servers to ask (default: those of the machine); may be repeated
          --all-events           record every allowed operation; without it, programs in the kernel report the first
                                 of a kind (same program, file and access). The supervisor always records all
          -I, --no-interactive   no terminal of its own for the command, no questions
          -V, --verbose          the protection report at the start, and more in the summary
          -q, --quiet            no first line and no summary
          --version              print the version
          -h, --help             print this

        Environment:
          LEASH_POLICY_FILE      a policy file, when --policy is not given
          NO_COLOR               no colours
          XDG_STATE_HOME         logs go to $XDG_STATE_HOME/leash/sessions (default: ~/.local/state)

        Exit code: the command's, or 128 + the signal that ended it; 2 for mistakes on the command line or in a
        policy, 125 when leash itself fails, 126 when the command cannot be executed, 127 when it is not found.

        Examples:
          leash claude                             an agent in the current directory, standard policy
          leash --policy ci.cedar -I -- npm test   CI
          leash --mode shadow -- make              see what a policy would deny, without denying it

        """;
}
