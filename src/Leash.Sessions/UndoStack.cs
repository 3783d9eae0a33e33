namespace Leash.Sessions;

/// <summary>Undoes what was done, last first, once, whatever goes wrong in between.</summary>
internal sealed class UndoStack : IDisposable
{
    private readonly Stack<Action> _actions = new();

    public void Push(Action undo) => _actions.Push(undo);

    public T Push<T>(T resource)
        where T : IDisposable
    {
        _actions.Push(resource.Dispose);
        return resource;
    }

    public void Dispose()
    {
        List<Exception>? failures = null;
        while (_actions.TryPop(out Action? undo))
        {
            try
            {
                undo();
            }
#pragma warning disable CA1031 // The rest has to be undone too; nothing is lost, it is rethrown below.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                (failures ??= []).Add(failure);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
        }
    }
}
