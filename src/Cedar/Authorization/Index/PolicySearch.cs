using Cedar.Evaluation;

namespace Cedar.Authorization.Index;

/// <summary>Goes through the policies of an index that can match a request. Recursion ends with the three dimensions.</summary>
internal readonly ref struct PolicySearch(RequestKeys keys, Frame frame)
{
    private readonly RequestKeys _keys = keys;
    private readonly Frame _frame = frame;

    public bool AnySatisfied(IndexNode node)
    {
        foreach (var policy in node.Always)
        {
            if (_keys.Meet(policy) && policy.Evaluate(_frame).TryGetBool(out var holds) && holds)
            {
                return true;
            }
        }

        if (node.Children is not null)
        {
            foreach (var key in _keys.Of(node.Dimension))
            {
                if (node.Children.TryGetValue(key, out var child) && AnySatisfied(child))
                {
                    return true;
                }
            }
        }

        return node.Rest is not null && AnySatisfied(node.Rest);
    }

    public void Collect(IndexNode node, PolicyFindings findings)
    {
        foreach (var policy in node.Always)
        {
            if (_keys.Meet(policy))
            {
                findings.Add(policy, policy.Evaluate(_frame));
            }
        }

        if (node.Children is not null)
        {
            foreach (var key in _keys.Of(node.Dimension))
            {
                if (node.Children.TryGetValue(key, out var child))
                {
                    Collect(child, findings);
                }
            }
        }

        if (node.Rest is not null)
        {
            Collect(node.Rest, findings);
        }
    }
}
