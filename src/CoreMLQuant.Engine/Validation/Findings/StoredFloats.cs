using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Validation.Findings;

/// <summary>
/// The tensors of floats that the rules of structure come by, in the order of the model; data that several share once. The rules
/// of values read them.
/// </summary>
internal sealed class StoredFloats
{
    private readonly bool _areRead = true;
    private readonly List<FloatTensor> _tensors = [];
    private readonly Dictionary<(SourceFile File, long Offset, long Length), FloatTensor> _byPlace = [];

    /// <summary>An empty list.</summary>
    public StoredFloats()
    {
    }

    private StoredFloats(bool areRead) => _areRead = areRead;

    /// <summary>Keeps nothing, for a check that reads no values. For any thread.</summary>
    public static StoredFloats Unread { get; } = new(areRead: false);

    /// <summary>The tensors so far.</summary>
    public IReadOnlyList<FloatTensor> Tensors => _tensors;

    /// <summary>Adds a tensor of floats; other types have nothing to be found.</summary>
    /// <param name="data">The stored elements.</param>
    /// <param name="type">Their type.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="isScale">Whether other values are multiplied by it.</param>
    /// <param name="location">Where it is used.</param>
    /// <param name="file">The file that holds it.</param>
    public void Add(WeightData data, ElementType type, long count, bool isScale, string location, string file)
    {
        if (!_areRead || type is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16) || count == 0)
        {
            return;
        }

        var tensor = new FloatTensor(new StoredValues(data, type, count), location, file) { IsScale = isScale };
        if (data is FileData stored)
        {
            if (_byPlace.TryGetValue((stored.File, stored.Offset, stored.Length), out FloatTensor? known))
            {
                known.IsScale |= isScale;
                return;
            }

            _byPlace.Add((stored.File, stored.Offset, stored.Length), tensor);
        }

        _tensors.Add(tensor);
    }
}

/// <summary>A tensor of floats.</summary>
/// <param name="values">Its values.</param>
/// <param name="location">Where it is used first.</param>
/// <param name="file">The file that holds it.</param>
internal sealed class FloatTensor(TensorValues values, string location, string file)
{
    /// <summary>Its values.</summary>
    public TensorValues Values => values;

    /// <summary>Where it is used first.</summary>
    public string Location => location;

    /// <summary>The file that holds it.</summary>
    public string File => file;

    /// <summary>Whether other values are multiplied by it, wherever it is used.</summary>
    public bool IsScale { get; set; }
}
