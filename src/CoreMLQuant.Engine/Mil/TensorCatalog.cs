using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>The tensor data of a program's values, looked up and checked once for each value. For any thread, as long as nobody changes the values.</summary>
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

        // The payloads of a plan have those of its source with the same tokens, so that their catalogs find the same.
        if (value.Note is Found found && ReferenceEquals(found.File, file))
        {
            return found.Data;
        }

        TensorData? data = TensorData.Of(file, payloads, value, location);
        value.Note = new Found(file, data);
        return data;
    }

    /// <summary>Forgets a value that has been changed.</summary>
    public void Forget(Value value) => value.Note = null;

    private sealed class Found(ModelFile file, TensorData? data)
    {
        public ModelFile File => file;

        public TensorData? Data => data;
    }
}
