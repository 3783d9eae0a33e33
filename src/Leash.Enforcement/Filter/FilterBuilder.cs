using Leash.Interop;

namespace Leash.Enforcement.Filter;

/// <summary>
/// Builds the session's seccomp filter. Calls that no row names are allowed without looking at their arguments, so that the kernel's
/// action cache answers them and stat, read and write cost what they cost without a filter.
/// </summary>
internal static class FilterBuilder
{
    private const int NumberOffset = 0;
    private const int ArchOffset = 4;
    private const int LeafSize = 3;

    /// <summary>The filter of a supervised session, for the running architecture, as <c>struct sock_filter[]</c>.</summary>
    public static byte[] Build(FilterOptions options) => Build(FilterRules.Collect(options));

    /// <summary>The filter of a session whose operations are decided by programs in the kernel: it notifies what is to be refused.</summary>
    public static byte[] BuildForHooks() => Build(FilterRules.CollectForHooks());

    private static byte[] Build(SortedDictionary<int, FilterRule> rules)
    {
        FilterAssembler code = new();
        int notify = code.NewLabel();
        int allow = code.NewLabel();
        int native = code.NewLabel();

        code.Load(ArchOffset);
        code.IfEqual(SeccompCalls.NativeArch, native);
        code.GoTo(notify);
        code.Mark(native);
        code.Load(NumberOffset);

        // Also what carries the x32 bit, and what is newer than the table.
        code.IfAtLeast(SyscallNumber.MaxKnown + 1, notify);
        List<(int Label, FilterRule Rule)> blocks = [];
        KeyValuePair<int, FilterRule>[] sorted = [.. rules];
        EmitSearch(code, sorted, allow, notify, blocks);

        foreach ((int label, FilterRule rule) in blocks)
        {
            code.Mark(label);
            rule.Emit(code, allow, notify);
        }

        code.Mark(allow);
        code.Ret(SeccompCalls.SECCOMP_RET_ALLOW);
        code.Mark(notify);
        code.Ret(SeccompCalls.SECCOMP_RET_USER_NOTIF);
        return code.ToBytes();
    }

    private static void EmitSearch(
        FilterAssembler code,
        ReadOnlySpan<KeyValuePair<int, FilterRule>> rules,
        int allow,
        int notify,
        List<(int Label, FilterRule Rule)> blocks)
    {
        if (rules.Length > LeafSize)
        {
            int middle = rules.Length / 2;
            int upper = code.NewLabel();
            code.IfAtLeast((uint)rules[middle].Key, upper);
            EmitSearch(code, rules[..middle], allow, notify, blocks);
            code.Mark(upper);
            EmitSearch(code, rules[middle..], allow, notify, blocks);
            return;
        }

        foreach ((int number, FilterRule rule) in rules)
        {
            int target = notify;
            if (rule is not FilterRule.Notify)
            {
                target = code.NewLabel();
                blocks.Add((target, rule));
            }

            code.IfEqual((uint)number, target);
        }

        code.GoTo(allow);
    }
}
