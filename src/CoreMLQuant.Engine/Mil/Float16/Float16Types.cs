using System.Collections.Generic;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>The FP16 forms of tensor types. Values that share a type share its FP16 form.</summary>
internal sealed class Float16Types
{
    private readonly Dictionary<ValueType, ValueType> _known = new(MessageIdentity<ValueType>.Instance);

    /// <summary>A tensor type with FP16 elements.</summary>
    public ValueType Of(ValueType type)
    {
        if (!_known.TryGetValue(type, out ValueType? half))
        {
            half = MilTypes.With(type, DataType.Float16);
            _known.Add(type, half);
        }

        return half;
    }
}
