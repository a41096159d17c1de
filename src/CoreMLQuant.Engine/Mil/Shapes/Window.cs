using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>A window that moves over spatial axes, with its steps and padding.</summary>
internal sealed class Window
{
    private readonly IReadOnlyList<long> _kernel;
    private readonly IReadOnlyList<long> _strides;
    private readonly IReadOnlyList<long> _dilations;
    private readonly IReadOnlyList<long>? _pad;

    private Window(IReadOnlyList<long> kernel, IReadOnlyList<long> strides, IReadOnlyList<long> dilations, IReadOnlyList<long>? pad)
    {
        _kernel = kernel;
        _strides = strides;
        _dilations = dilations;
        _pad = pad;
    }

    /// <summary>Reads the parameters <c>strides</c>, <c>pad_type</c>, <c>pad</c> and <c>dilations</c>.</summary>
    /// <param name="inputs">The operation's parameters.</param>
    /// <param name="kernel">Sizes of the window.</param>
    /// <returns><see langword="null"/> when one of them is computed.</returns>
    /// <exception cref="ShapeContradictionException">They do not fit the window.</exception>
    public static Window? Of(OperationInputs inputs, IReadOnlyList<long> kernel)
    {
        string? padType = inputs.Choice("pad_type", "valid", "valid", "custom", "same", "same_lower");
        IReadOnlyList<long>? strides = Steps("strides"), dilations = Steps("dilations");
        IReadOnlyList<long>? pad = padType != "custom" || !inputs.Has("pad") ? new long[2 * kernel.Count] : inputs.Integers("pad");
        if (padType is null || strides is null || dilations is null || pad is null)
        {
            return null;
        }

        return pad.Count == 2 * kernel.Count
            ? new Window(kernel, strides, dilations, padType is "same" or "same_lower" ? null : pad)
            : throw new ShapeContradictionException($"its pad has {pad.Count} values for {kernel.Count} spatial axes; it has two for each.");

        IReadOnlyList<long>? Steps(string name)
        {
            IReadOnlyList<long>? steps = inputs.Has(name) ? inputs.Integers(name) : kernel.Select(_ => 1L).ToArray();
            return steps is null || (steps.Count == kernel.Count && steps.All(step => step > 0))
                ? steps
                : throw new ShapeContradictionException($"its {name} are {ShapeArithmetic.Text(steps)}; there is a positive one for each of its {kernel.Count} spatial axes.");
        }
    }

    /// <summary>Number of places of the window on an axis.</summary>
    /// <param name="axis">The spatial axis, from 0.</param>
    /// <param name="size">Its size.</param>
    /// <param name="ceils">Whether a window that begins inside and ends outside counts; whether it does depends on more, so then only even divisions are sure.</param>
    /// <exception cref="ShapeContradictionException">The window does not fit at all.</exception>
    public long Steps(int axis, long size, bool? ceils)
    {
        long stride = _strides[axis];
        if (!ShapeArithmetic.IsKnown(size) || !ShapeArithmetic.IsKnown(_kernel[axis]))
        {
            return InferredType.UnknownSize;
        }

        if (_pad is null)
        {
            return ceils == false ? ShapeArithmetic.Map(size, known => checked(known + stride - 1) / stride) : InferredType.UnknownSize;
        }

        long room = ShapeArithmetic.Map(size, known => checked(known + _pad[2 * axis] + _pad[(2 * axis) + 1])), span = Span(axis);
        if (!ShapeArithmetic.IsKnown(room) || !ShapeArithmetic.IsKnown(span))
        {
            return InferredType.UnknownSize;
        }

        return room < span
            ? throw new ShapeContradictionException($"its window of {span} does not fit the {room} elements of spatial axis {axis} with their padding.")
            : ceils == false || (room - span) % stride == 0 ? ((room - span) / stride) + 1 : InferredType.UnknownSize;
    }

    /// <summary>Number of elements that the window writes when it is applied to each element of an axis.</summary>
    /// <param name="axis">The spatial axis, from 0.</param>
    /// <param name="size">Its size.</param>
    public long Spread(int axis, long size)
    {
        long span = Span(axis);
        return _pad is null || !ShapeArithmetic.IsKnown(span) || size == 0
            ? InferredType.UnknownSize
            : ShapeArithmetic.Map(size, known => checked(((known - 1) * _strides[axis]) + span - _pad[2 * axis] - _pad[(2 * axis) + 1]));
    }

    // Elements between the window's first and last, both counted.
    private long Span(int axis) => ShapeArithmetic.Map(_kernel[axis], size => checked(((size - 1) * _dilations[axis]) + 1));
}
