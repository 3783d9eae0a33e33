using System.Globalization;
using System.Runtime.InteropServices;
using Leash.Benchmarks.Hook;
using Leash.Interop.Libbpf;
using Leash.Kernel.Tests.Paths;

// What the hook on opening a file costs as a whole: who asks, the path of the file up to the root, the decision on it, and the event. The
// functions are those of the hook; they run by BPF_PROG_TEST_RUN, also where the kernel does not let hooks be attached.
const uint ReadOnly = 1 << 0, Each = 10_000, Rounds = 50;
string statements = string.Concat(Enumerable.Range(0, 10_000).Select(i =>
    $"permit (principal, action == Action::\"FileOpenReadOnly\", resource in Dir::\"/data/{i % 100}/project-{i}/src\");\n"));
const string Permit = "permit (principal, action == Action::\"FileOpenReadOnly\", resource in Dir::\"/tmp\");";
(int Length, int Depth)[] paths = [(30, 3), (80, 7), (400, 16)];
List<string> metrics = [];

using GovernedProcess process = new(statements + Permit);
using BpfProgram check = process.Program("leash_check_file");
using BpfProgram walk = process.Program("leash_walk_file");
Console.WriteLine("10,000 statements; nanoseconds, the best of 50 rounds of 10,000");
Console.WriteLine("| path | path of the file | whole hook, events coalesced | whole hook, an event each |");
Console.WriteLine("|---|---:|---:|---:|");
foreach ((int length, int depth) in paths)
{
    using OpenedFile file = new(length, depth);
    double walked = Best(walk, file.Descriptor);
    process.RecordAll(false);
    double coalesced = Best(check, file.Descriptor);
    process.RecordAll(true);
    double recorded = Best(check, file.Descriptor);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {length} bytes, {depth} names | {walked:F0} | {coalesced:F0} | {recorded:F0} |"));
    metrics.Add(string.Create(
        CultureInfo.InvariantCulture,
        $"\"path_{length}_ns\":{walked:F1},\"hook_{length}_ns\":{coalesced:F1},\"hook_event_{length}_ns\":{recorded:F1}"));
}

Console.WriteLine($"{{\"bench\":\"hook\",\"metrics\":{{{string.Join(',', metrics)}}}}}");

double Best(BpfProgram program, int descriptor)
{
    double best = double.MaxValue;
    for (uint round = 0; round < Rounds; round++)
    {
        FileQuestion question = new() { Descriptor = (uint)descriptor, Actions = ReadOnly, Repeat = Each };
        if (program.TestRun(MemoryMarshal.AsBytes(new Span<FileQuestion>(ref question))).Value != 0 || question.Result != 0)
        {
            throw new InvalidOperationException($"{program.Name}: {question.Result}");
        }

        best = Math.Min(best, question.Nanoseconds / (double)Each);
        process.Drain();
    }

    return best;
}
