using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>What runs is the file that was decided on, and who asks is the program that runs.</summary>
public class ExecAttackTests
{
    private const string Exec = "ProcessExec";
    private const string Read = "FileOpenReadOnly";
    private const string WithPrincipals = Arena.Plain + Arena.Principals;

    internal static Attack[] Table { get; } =
    [
        new("exec", "exec {work}/run/denied true", "exec {work}/run/allowed true") { Action = Exec, Object = "{work}/run/denied", By = "no-tool" },
        new("exec outside", "exec {work}/program true", "exec {work}/run/allowed true") { Action = Exec, Object = "{work}/program" },
        new("exec by relative path", "read-dotdot {work} ../secret/key", "read-dotdot {work} open") { Action = Read },
        new("execveat", "execveat {work}/run denied true", "execveat {work}/run allowed true") { Action = Exec, Object = "{work}/run/denied", By = "no-tool" },
        new("execveat of a descriptor", "exec-opath {work}/run/denied true") { Action = Exec },
        new("exec through /proc/self/fd", "exec-proc-fd {work}/run/denied true") { Action = Exec },
        new("exec from a thread", "exec-thread {work}/run/denied true", "exec-thread {work}/run/allowed true") { Action = Exec, Object = "{work}/run/denied" },
        new("exec of a memory file", "exec-memfd {bin}/attack true", "exec {bin}/attack true") { Action = Exec },
        new("exec of a memory file by path", "exec-memfd-path {bin}/attack true", "exec {bin}/attack true") { Action = Exec },
        new("exec of a deleted file", "exec-deleted {bin}/attack {work}/run/gone true", "exec {bin}/attack true") { Action = Exec },
        new("copied program", "exec-copy {bin}/attack {work}/copy true", "exec-copy {bin}/attack {work}/run/copy true") { Action = Exec, Object = "{work}/copy" },
        new("hard-linked program", "exec-hardlink {work}/run/denied {work}/run/again true") { Errnos = [EACCES, EPERM, 0], IsQuiet = true },
        new("renamed program", "exec-renamed {work}/run/allowed {work}/run/denied true", "exec-renamed {work}/program {work}/run/program true") { Action = Exec, Object = "{work}/run/denied" },
        new("the loader runs it", "exec /lib64/ld-linux-x86-64.so.2 {bin}/attack true", "exec /bin/true") { Action = Exec },
        new("loader of a binary", "exec-loader {work}/run/e {work}/outer/hidden/loader", "exec-loader {work}/run/f {work}/outer/plain/loader")
        {
            Action = Enforcer.IsInKernel ? Read : null, Object = "{work}/outer/hidden/loader", By = "no-hidden", Errnos = [0], IsQuiet = !Enforcer.IsInKernel,
            Kernel = new("the supervisor leaves the loader that a binary names to the kernel") { Errnos = [EACCES] },
        },
        new("script", "exec-script {work}/s /bin/true", "exec-script {work}/run/s /bin/true") { Action = Exec, Object = "{work}/s" },
        new("script of a forbidden interpreter", "exec-script {work}/run/s {work}/run/denied", "exec-script {work}/run/t /bin/true") { Action = Exec, Object = "{work}/run/denied", By = "no-tool" },
        new("script of a script", "exec-script {work}/run/s {work}/s2", "exec-script {work}/run/t /bin/true") { Errnos = [EACCES, EPERM, ENOENT], IsQuiet = true },
        new("forbidden argument", "exec {work}/run/checked true evil", "exec {work}/run/checked true other") { Action = Exec, Object = "{work}/run/checked", By = "no-arguments" },
        new("forbidden argument, other argv[0]", "exec-as {work}/run/checked x true evil", "exec-as {work}/run/checked evil true") { Action = Exec, Object = "{work}/run/checked", By = "no-arguments" },
        new("set-user-id program", "exec /usr/bin/su -c true") { Errnos = [EACCES, EPERM, 1, 126, 127, 0], IsQuiet = true },

        // Principals.
        new("untrusted program", "read {secret}/trusted", "exec {bin}/trusted read {secret}/trusted") { Policy = WithPrincipals, Action = Read, Object = "{secret}/trusted" },
        new("thread name of a trusted one", "read-renamed trusted {secret}/trusted", "exec {bin}/trusted read {secret}/trusted") { Policy = WithPrincipals, Action = Read, Object = "{secret}/trusted" },
        new("argv[0] of a trusted one", "exec-as {bin}/attack {bin}/trusted read {secret}/trusted", "exec-as {bin}/trusted x read {secret}/trusted") { Policy = WithPrincipals, Action = Read, Object = "{secret}/trusted" },
        new("copy of a trusted one", "exec-copy {bin}/trusted {work}/run/trusted read {secret}/trusted", "exec {bin}/trusted read {secret}/trusted") { Policy = WithPrincipals, Action = Read, Object = "{secret}/trusted" },
        new("trusted program runs another", "exec {bin}/trusted exec {bin}/attack read {secret}/trusted", "exec {bin}/trusted read {secret}/trusted") { Policy = WithPrincipals, Action = Read, Object = "{secret}/trusted" },
        new("tracing a trusted one", "ptrace") { Policy = WithPrincipals + Arena.Tracing, Syscall = "ptrace" },
        new("boxed program", "exec {bin}/boxed read {work}/open", "read {work}/open") { Policy = WithPrincipals, Action = Read, Object = "{work}/open", By = "boxed" },
        new("boxed program runs another", "exec {bin}/boxed exec {bin}/attack read {work}/open", "exec {bin}/attack read {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed program forks", "exec {bin}/boxed read-fork {work}/open", "read-fork {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed program, vfork", "exec {bin}/boxed read-vfork {work}/open", "read-vfork {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed program, thread", "exec {bin}/boxed read-thread {work}/open", "read-thread {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed program, exec from a thread", "exec {bin}/boxed exec-thread {bin}/attack read {work}/open", "exec-thread {bin}/attack read {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed daemon", "exec {bin}/boxed read-daemon {work}/open", "read-daemon {work}/open") { Policy = WithPrincipals, Action = Read, By = "boxed" },
        new("boxed program forges its label", "exec {bin}/boxed label-prlimit") { Policy = WithPrincipals, Errnos = [EPERM], IsQuiet = true, Kernel = InKernel.Unmarked },
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who) => Attacks.Check(Table, name, who);
}
