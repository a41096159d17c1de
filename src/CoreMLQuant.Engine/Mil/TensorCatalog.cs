using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>The tensor data of a program's values, looked up and checked once for each value that has any. For any thread, as long as nobody changes the values.</summary>
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
        if (value.Note is Found found && found.IsOf(file, value))
        {
            return found.Data;
        }

        TensorData? data = TensorData.Of(file, payloads, value, location);

        // Text and numbers of the specification are found again as quickly, and every operation has a name.
        if (data is { Data: not null })
        {
            value.Note = new Found(file, value, data);
        }

        return data;
    }

    /// <summary>Forgets a value that has been changed.</summary>
    public void Forget(Value value) => value.Note = null;

    private sealed class Found(ModelFile file, Value value, TensorData data)
    {
        private readonly ValueType? _type = value.Type;
        private readonly ulong _offset = OffsetOf(value);

        public TensorData Data => data;

        // What was noted before a planner changed the value does not hold any more: it has another type then, or another blob.
        public bool IsOf(ModelFile model, Value asked) => ReferenceEquals(model, file) && ReferenceEquals(asked.Type, _type) && OffsetOf(asked) == _offset;

        private static ulong OffsetOf(Value value) => value.BlobFileValue?.Offset ?? 0;
    }
}
