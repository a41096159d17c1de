using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>The tensor data of a program's values, looked up and checked once for each value. For one thread.</summary>
internal sealed class TensorCatalog(ModelFile file, DetachedPayloads payloads)
{
    /// <summary>The model.</summary>
    public ModelFile File => file;

    /// <summary>Finds the data of a value, as <see cref="TensorData.Of"/> does.</summary>
    public TensorData? Find(Value? value, string? location)
    {
        if (value is null)
        {
            return null;
        }

        // Another catalog of the same messages may know other payloads.
        if (value.Note is Found found && ReferenceEquals(found.Catalog, this))
        {
            return found.Data;
        }

        TensorData? data = TensorData.Of(file, payloads, value, location);
        value.Note = new Found(this, data);
        return data;
    }

    /// <summary>Forgets a value that has been changed.</summary>
    public void Forget(Value value) => value.Note = null;

    private sealed class Found(TensorCatalog catalog, TensorData? data)
    {
        public TensorCatalog Catalog => catalog;

        public TensorData? Data => data;
    }
}
