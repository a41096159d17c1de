using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>The tensor data of a program's values, looked up and checked once for each value. For one thread.</summary>
internal sealed class TensorCatalog(ModelFile file, DetachedPayloads payloads)
{
    private readonly Dictionary<Value, TensorData?> _found = new(MessageIdentity<Value>.Instance);

    /// <summary>The model.</summary>
    public ModelFile File => file;

    /// <summary>Finds the data of a value, as <see cref="TensorData.Of"/> does.</summary>
    public TensorData? Find(Value? value, string location)
    {
        if (value is null)
        {
            return null;
        }

        if (!_found.TryGetValue(value, out TensorData? data))
        {
            data = TensorData.Of(file, payloads, value, location);
            _found.Add(value, data);
        }

        return data;
    }

    /// <summary>Forgets a value that has been changed.</summary>
    public void Forget(Value value) => _found.Remove(value);
}
