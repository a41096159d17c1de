using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Shapes;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>An operation that gives the values of a weight in another layout: what is known of the product behind it is told of the weight as it is stored.</summary>
internal abstract class StoredLayout
{
    private const string Data = "x";

    private static readonly Dictionary<string, Rule> Rules = new()
    {
        ["transpose"] = (inputs, before, _) => inputs.Integers("perm") is { } axes ? Transposed.Of(axes, before) : null,
        ["reshape"] = (_, before, after) => Reshaped.Of(before, after),
        ["squeeze"] = (_, before, after) => Reshaped.Of(before, after),
        ["expand_dims"] = (_, before, after) => Reshaped.Of(before, after),
    };

    private StoredLayout(IReadOnlyList<long> shape) => Shape = shape;

    private delegate StoredLayout? Rule(OperationInputs inputs, IReadOnlyList<long> before, IReadOnlyList<long> after);

    /// <summary>Dimensions behind the operation.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Whether an operation gives the values that it is given, of another type or name.</summary>
    public static bool KeepsValues(OperationNode operation) => operation.Type is "cast" or "identity" && operation.Outputs.Count == 1;

    /// <summary>What an operation does to the layout; <see langword="null"/> when it does more than that, or it is not known.</summary>
    /// <param name="use">The use of the values.</param>
    /// <param name="inputs">The operation's settings.</param>
    /// <param name="before">Their dimensions.</param>
    public static StoredLayout? Of(ValueUse use, OperationInputs inputs, IReadOnlyList<long> before) =>
        use is not { Parameter: Data, Consumer.Outputs: [{ } result] } ? null
        : KeepsValues(use.Consumer) ? new Same(before)
        : Rules.TryGetValue(use.Consumer.Type, out Rule? rule) ? rule(inputs, before, MilTypes.ShapeOf(result.Declaration.Type))
        : null;

    /// <summary>How the values are multiplied, told of their layout before the operation; <see langword="null"/> where the inputs do not lie over axes there, or come in another order.</summary>
    /// <param name="consumed">How they are multiplied behind it.</param>
    public abstract ConsumedWeight? Before(ConsumedWeight consumed);

    private sealed class Same(IReadOnlyList<long> shape) : StoredLayout(shape)
    {
        public override ConsumedWeight Before(ConsumedWeight consumed) => consumed;
    }

    // Axis i is axis axes[i] of the stored weight.
    private sealed class Transposed(int[] axes, IReadOnlyList<long> shape) : StoredLayout(shape)
    {
        public static Transposed? Of(IReadOnlyList<long> perm, IReadOnlyList<long> before)
        {
            int[] axes = perm.Select(axis => (int)(axis < 0 ? axis + before.Count : axis)).ToArray();
            return axes.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, before.Count)) ? new Transposed(axes, axes.Select(axis => before[axis]).ToArray()) : null;
        }

        // The elements of a vector are in the order of the axes that the inputs lie over.
        public override ConsumedWeight? Before(ConsumedWeight consumed)
        {
            int[] split = axes.Where((_, axis) => consumed.InputCounts[axis] > 1).ToArray();
            return split.SequenceEqual(split.OrderBy(axis => axis))
                ? consumed with { InputCounts = Enumerable.Range(0, axes.Length).Select(axis => consumed.InputCounts[Array.IndexOf(axes, axis)]).ToArray(), OutputAxis = axes[consumed.OutputAxis] }
                : null;
        }
    }

    // Elements stay in their order, so that axes which together have the same elements stand for each other.
    private sealed class Reshaped(IReadOnlyList<long> before, IReadOnlyList<long> after) : StoredLayout(after)
    {
        public static Reshaped? Of(IReadOnlyList<long> before, IReadOnlyList<long> after) =>
            after.All(size => size > 0) && Product(before) == Product(after) ? new Reshaped(before, after) : null;

        public override ConsumedWeight? Before(ConsumedWeight consumed)
        {
            long[] counts = new long[before.Count];
            int outputAxis = -1;
            foreach ((int[] stored, int[] given) in Stretches())
            {
                if (LeadingInputs(given, consumed.InputCounts) is not { } inputs || !Spread(inputs, stored, counts))
                {
                    return null;
                }

                if (given.Contains(consumed.OutputAxis))
                {
                    // The axis of the outputs has as many inputs as there are groups.
                    outputAxis = stored.Where(axis => counts[axis] == consumed.InputCounts[consumed.OutputAxis]).OrderByDescending(axis => before[axis]).DefaultIfEmpty(-1).First();
                }
            }

            return outputAxis < 0 ? null : consumed with { InputCounts = counts, OutputAxis = outputAxis };
        }

        // The shortest stretches of axes that have the same elements, from the first axis on.
        private IEnumerable<(int[] Stored, int[] Given)> Stretches()
        {
            (int fromStored, int fromGiven) = (0, 0);
            while (fromStored < before.Count || fromGiven < Shape.Count)
            {
                (int toStored, int toGiven) = (fromStored, fromGiven);
                long stored = 1, given = 1;
                do
                {
                    if (toGiven == Shape.Count || (toStored < before.Count && stored <= given))
                    {
                        stored *= before[toStored++];
                    }
                    else
                    {
                        given *= Shape[toGiven++];
                    }
                }
                while (stored != given);

                yield return (Enumerable.Range(fromStored, toStored - fromStored).ToArray(), Enumerable.Range(fromGiven, toGiven - fromGiven).ToArray());
                (fromStored, fromGiven) = (toStored, toGiven);
            }
        }

        // The number of inputs over a stretch of axes, each of which meets consecutive elements; null when they meet others.
        private long? LeadingInputs(int[] axes, IReadOnlyList<long> counts)
        {
            int whole = axes.TakeWhile(axis => counts[axis] == Shape[axis]).Count();
            return axes.Skip(whole + 1).All(axis => counts[axis] == 1) ? Product(axes.Select(axis => counts[axis])) : null;
        }

        private bool Spread(long inputs, int[] axes, long[] counts)
        {
            foreach (int axis in axes)
            {
                long size = before[axis];
                counts[axis] = inputs % size == 0 ? size : inputs;
                if (size % counts[axis] != 0)
                {
                    return false;
                }

                inputs /= counts[axis];
            }

            return inputs == 1;
        }

        private static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => checked(product * size));
    }
}
