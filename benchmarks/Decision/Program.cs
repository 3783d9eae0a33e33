using System.Diagnostics;
using System.Globalization;
using System.Text;
using Leash.Benchmarks.Decision;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;
using Leash.Kernel.Tests.Decisions;
using Leash.Plan;
using Leash.Policy;

// Times the kernel's decisions, as BPF_PROG_TEST_RUN runs them, on plans of growing size. Needs root. The first argument, the built leash, is not needed here.
const int Rounds = 4_000; // short, so that the best of many runs was not interrupted
int[] lengths = [30, 80, 400];
var c = CultureInfo.InvariantCulture;
var facts = new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice" };
List<string> rows = [];
using var probe = new DecisionProbe();
Console.WriteLine("| statements | 30 bytes | 80 bytes | 400 bytes | no match, 80 bytes | map memory | policy | compile | load and swap |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
foreach (var count in new[] { 10, 1_000, 100_000 })
{
    Measure($"{count} directories", count, 0, "");
}

// The first kind is decided by the end of a path; the second reads all of it.
Measure("1000 directories, 1000 patterns `*.k17`", 1_000, 1_000, "*.k{0}");
Measure("1000 directories, 1000 patterns `*/k17/*`", 1_000, 1_000, "*/k{0}/*");
Change(10_000);
rows.AddRange(EndpointTimes.Measure());
Console.WriteLine($"{{\"benchmark\":\"decision\",\"rows\":[{string.Join(',', rows)}]}}");

void Measure(string name, int literals, int patterns, string pattern)
{
    var clock = Stopwatch.StartNew();
    var plan = PlanOf(literals, patterns, pattern, 0);
    var policy = clock.Elapsed.TotalMilliseconds;
    clock.Restart();
    var kernel = KernelOf(plan, 1);
    var compile = clock.Elapsed.TotalMilliseconds;
    clock.Restart();
    probe.SetPlan(kernel);
    var load = clock.Elapsed.TotalMilliseconds;
    double[] times = [.. lengths.Select(length => Nanoseconds(PathOf(literals / 2, length), true)), Nanoseconds(Denied(80), false)];
    var memory = kernel.Bytes.Length / 1048576.0;
    Console.WriteLine(string.Create(
        c, $"| {name} | {times[0]:F0} ns | {times[1]:F0} ns | {times[2]:F0} ns | {times[3]:F0} ns | {memory:F1} MiB | {policy:F0} ms | {compile:F0} ms | {load:F1} ms |"));
    rows.Add(string.Create(
        c, $"{{\"statements\":\"{name}\",\"ns30\":{times[0]:F1},\"ns80\":{times[1]:F1},\"ns400\":{times[2]:F1},\"nsDenied\":{times[3]:F1},\"mapBytes\":{kernel.Bytes.Length},\"policyMs\":{policy:F1},\"compileMs\":{compile:F1},\"loadMs\":{load:F1}}}"));
}

// A session changes some of its statements: from the plan to the new one in force.
void Change(int changed)
{
    var plan = PlanOf(100_000, 0, "", changed);
    var clock = Stopwatch.StartNew();
    var kernel = KernelOf(plan, 2);
    var compile = clock.Elapsed.TotalMilliseconds;
    clock.Restart();
    var map = PlanMap.Load(kernel.Bytes.Span);
    var load = clock.Elapsed.TotalMilliseconds;
    clock.Restart();
    probe.SetPlan(map);
    var swap = clock.Elapsed.TotalMilliseconds;
    Console.WriteLine();
    Console.WriteLine(string.Create(c, $"{changed} of 100000 statements changed: compiled in {compile:F0} ms, loaded in {load:F0} ms, swapped in {swap:F1} ms."));
    rows.Add(string.Create(c, $"{{\"changed\":{changed},\"compileMs\":{compile:F1},\"loadMs\":{load:F1},\"swapMs\":{swap:F1}}}"));
}

EnforcementPlan PlanOf(int literals, int patterns, string pattern, int changed)
{
    var text = new StringBuilder();
    for (var i = 0; i < literals; i++)
    {
        var action = i < changed ? "FileRead" : "FileOpen";
        text.Append(c, $"permit (principal, action == Action::\"{action}\", resource in Dir::\"{DirectoryOf(i)}\");\n");
    }

    for (var i = 0; i < patterns; i++)
    {
        text.Append(c, $"forbid (principal, action == Action::\"FileOpenReadWrite\", resource) when {{ resource.path like \"{string.Format(c, pattern, i)}\" }};\n");
    }

    var compiled = PolicyCompiler.Compile([new PolicyDocument("user", "bench.cedar", text.ToString())], facts);
    return compiled.Plan ?? throw new InvalidOperationException(compiled.Diagnostics[0].ToString());
}

KernelPlan KernelOf(EnforcementPlan plan, ulong generation)
{
    var result = KernelPlanCompiler.Compile(plan, generation, []);
    return result.Plan ?? throw new InvalidOperationException(result.Diagnostics[0].ToString());
}

static string DirectoryOf(int i) => string.Create(CultureInfo.InvariantCulture, $"/data/{i % 100}/project-{i}");

// A path below a statement's directory, of so many bytes, in components of ten.
static byte[] PathOf(int i, int length) => Fill(DirectoryOf(i), length);

static byte[] Denied(int length) => Fill("/home/alice/Documents", length);

static byte[] Fill(string start, int length)
{
    var text = new StringBuilder(start);
    while (text.Length < length)
    {
        text.Append("/component");
    }

    if (text[length - 1] == '/')
    {
        text[length - 1] = 'x';
    }

    return Encoding.ASCII.GetBytes(text.ToString(0, length));
}

double Nanoseconds(byte[] path, bool isAllowed)
{
    probe.SetPath(path);
    if ((probe.Ask(PlanActionMask.FileOpenReadOnly).Missing == PlanActionMask.None) != isAllowed)
    {
        throw new InvalidOperationException($"`{Encoding.ASCII.GetString(path)}` is not decided as expected");
    }

    return Enumerable.Range(0, 250).Min(_ => probe.Ask(PlanActionMask.FileOpenReadOnly, repeat: Rounds).Nanoseconds / (double)Rounds);
}
