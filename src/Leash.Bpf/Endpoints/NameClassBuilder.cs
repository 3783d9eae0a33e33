using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>Numbers all classes that a name can have.</summary>
internal sealed class NameClassBuilder(NameTree tree, FiredTable table, VectorTable vectors, EndpointClasses classes)
{
    private readonly List<Fired> _lines = [];
    private readonly Dictionary<Fired, int> _numbers = [];

    /// <summary>The classes, or null after a message about what is too much.</summary>
    public NameClasses? Build(Action<string, string> refuse)
    {
        LineOf(tree.Any);
        var suffixes = tree.Suffixes.ToDictionary(entry => entry.Suffix, entry => LineOf(entry.Fired), StringComparer.Ordinal);
        var names = tree.Names.ToDictionary(entry => entry.Name, entry => LineOf(entry.Fired), StringComparer.Ordinal);
        (PlanPattern Pattern, Fired Fired)[] joined = [.. tree.Patterns.Where(entry => entry.Fired.Atoms != 0)];
        (PlanPattern Pattern, Fired Fired)[] separate = [.. tree.Patterns.Where(entry => entry.Fired.Named != VectorTable.Empty)];
        int[] said = [.. separate.Select(entry => entry.Fired.Named).Distinct()];
        if (joined.Length > EndpointLimits.JoinedPatterns || (long)_lines.Count << joined.Length > EndpointLimits.NameCombinations
            || said.Length > EndpointLimits.SeparatePatterns)
        {
            refuse("the policies have too many patterns on host names", "name hosts, or domains with `resource in Host::\"*.example.com\"`");
            return null;
        }

        return new NameClasses(
            names, suffixes, [.. joined.Select(entry => entry.Pattern)], Combine(joined),
            [.. separate.Select(entry => (entry.Pattern, Array.IndexOf(said, entry.Fired.Named)))], Unions(said));
    }

    private int LineOf(Fired fired)
    {
        if (!_numbers.TryGetValue(fired, out var line))
        {
            line = _lines.Count;
            _numbers.Add(fired, line);
            _lines.Add(fired);
        }

        return line;
    }

    private uint[] Combine((PlanPattern Pattern, Fired Fired)[] joined)
    {
        var numbers = new uint[_lines.Count << joined.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            var holds = _lines[i >> joined.Length];
            for (var pattern = 0; pattern < joined.Length; pattern++)
            {
                holds = (i >> pattern & 1) == 0 ? holds : table.Union(holds, new Fired(0, 0, joined[pattern].Fired.Atoms));
            }

            numbers[i] = (uint)classes.OfName(holds);
        }

        return numbers;
    }

    private uint[] Unions(int[] said)
    {
        var numbers = new uint[1 << said.Length];
        for (var i = 1; i < numbers.Length; i++)
        {
            var vector = VectorTable.Empty;
            for (var bit = 0; bit < said.Length; bit++)
            {
                vector = (i >> bit & 1) == 0 ? vector : vectors.Union(vector, said[bit]);
            }

            numbers[i] = (uint)classes.OfVector(vector);
        }

        return numbers;
    }
}
