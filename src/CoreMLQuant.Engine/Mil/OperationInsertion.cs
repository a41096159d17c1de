using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Collects operations that belong right before or behind others, and puts them there all at once.</summary>
/// <param name="body">The body; blocks inside it are looked through as well.</param>
internal sealed class OperationInsertion(Block body)
{
    private readonly Dictionary<Operation, List<Operation>> _before = new(MessageIdentity<Operation>.Instance);
    private readonly Dictionary<Operation, List<Operation>> _behind = new(MessageIdentity<Operation>.Instance);

    /// <summary>Adds an operation in front of another one, behind what has been added there.</summary>
    public void Before(Operation operation, Operation inserted) => Add(_before, operation, inserted);

    /// <summary>Adds an operation behind another one, behind what has been added there.</summary>
    public void Behind(Operation operation, Operation inserted) => Add(_behind, operation, inserted);

    /// <summary>Puts the operations where they belong.</summary>
    public void Flush()
    {
        if (_before.Count + _behind.Count > 0)
        {
            Flush(body);
        }
    }

    private void Flush(Block block)
    {
        Operation[] operations = block.Operations.ToArray();
        block.Operations.Clear();
        foreach (Operation operation in operations)
        {
            block.Operations.AddRange(_before.TryGetValue(operation, out List<Operation>? before) ? before : []);
            block.Operations.Add(operation);
            block.Operations.AddRange(_behind.TryGetValue(operation, out List<Operation>? behind) ? behind : []);
            foreach (Block inner in operation.Blocks)
            {
                Flush(inner);
            }
        }
    }

    private static void Add(Dictionary<Operation, List<Operation>> places, Operation operation, Operation inserted)
    {
        if (!places.TryGetValue(operation, out List<Operation>? list))
        {
            places.Add(operation, list = []);
        }

        list.Add(inserted);
    }
}
