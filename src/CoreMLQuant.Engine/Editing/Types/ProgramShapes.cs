using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Shapes;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Types;

/// <summary>
/// Gives an input of an ML Program other shapes, and all values that follow from it. Shapes that the program cannot compute with are refused: each
/// listed one is tried, and the least ones and the largest of ranges.
/// </summary>
internal static class ProgramShapes
{
    /// <summary>Changes the shapes.</summary>
    /// <exception cref="EditException">The shapes contradict the program, or nobody can tell.</exception>
    public static void Set(EditBuilder builder, TypeTarget target, IReadOnlyList<ProgramGraph> graphs, IReadOnlyList<IReadOnlyList<SizeBounds>> shapes)
    {
        long[] shape = Enumerable.Range(0, shapes[0].Count)
            .Select(axis => shapes[0][axis].IsFixed && shapes.All(one => one[axis] == shapes[0][axis]) ? shapes[0][axis].Lower : InferredType.UnknownSize)
            .ToArray();
        foreach (ProgramGraph graph in graphs)
        {
            var tensors = new TensorCatalog(builder.Source, builder.Source.Payloads);
            foreach (long[] example in Examples(shapes))
            {
                Infer(target, graph, tensors, example);
            }

            Dictionary<ValueNode, InferredType> changed = Infer(target, graph, tensors, shape);
            foreach (KeyValuePair<ValueNode, InferredType> value in changed)
            {
                value.Key.Declaration.Type = With(value.Key.Declaration.Type, value.Value.Sizes!);
            }

            Describe(builder, target, graph, changed);
        }
    }

    private static IEnumerable<long[]> Examples(IReadOnlyList<IReadOnlyList<SizeBounds>> shapes)
    {
        foreach (IReadOnlyList<SizeBounds> shape in shapes)
        {
            yield return shape.Select(size => size.Lower).ToArray();
        }

        // A size of 1 goes with any other, so the next one is tried as well; it also stands for a size without bound.
        if (shapes[0].Any(size => !size.IsFixed))
        {
            yield return shapes[0].Select(size => size.IsFixed ? size.Lower : size.Lower + 1).ToArray();
            yield return shapes[0].Select(size => size.Upper == SizeBounds.Unbounded ? size.Lower + 1 : size.Upper).ToArray();
        }
    }

    /// <summary>The types of all values that another shape of the input changes.</summary>
    private static Dictionary<ValueNode, InferredType> Infer(TypeTarget target, ProgramGraph graph, TensorCatalog tensors, IReadOnlyList<long> shape)
    {
        ValueNode input = ProgramValues.Find(target, graph);
        var changed = new Dictionary<ValueNode, InferredType> { [input] = new InferredType(input.ElementType, shape) };
        foreach (OperationNode operation in graph.Operations.Where(operation => operation.Inputs.Exists(use => use.Value is not null && changed.ContainsKey(use.Value))))
        {
            string what = $"{operation.Type} '{operation.Name}'";
            IReadOnlyList<InferredType>? types;
            try
            {
                types = operation.Message.Blocks.Count > 0 || !ReferenceEquals(operation.Block, graph.Body)
                    ? null
                    : ShapeInference.Infer(operation, graph.Opset, tensors, use => use.Value is { } value && changed.TryGetValue(value, out InferredType? type) ? type : InferredType.Of(use.Type));
            }
            catch (ShapeContradictionException e)
            {
                throw target.Refuse($"with the shape [{Text(shape)}], {what} {e.Message}", "Specify a shape that the program can compute with.");
            }

            if (types is null || types.Any(type => type.Sizes is null))
            {
                throw target.Refuse($"what {what} makes of the shape [{Text(shape)}] cannot be computed beforehand.", "Convert the model again with other shapes.");
            }

            for (int i = 0; i < operation.Outputs.Count; i++)
            {
                ValueNode output = operation.Outputs[i];
                if (!types[i].Sizes!.SequenceEqual(InferredType.Of(output.Declaration.Type).Sizes ?? []))
                {
                    changed[output] = new InferredType(output.ElementType, types[i].Sizes);
                }
            }
        }

        return changed;
    }

    private static ValueType With(ValueType type, IReadOnlyList<long> sizes)
    {
        ValueType changed = type.Clone();
        changed.TensorType.Rank = sizes.Count;
        changed.TensorType.Dimensions.Clear();
        changed.TensorType.Dimensions.Add(sizes.Select(size => size < 0
            ? new Dimension { Unknown = new Dimension.Types.UnknownDimension() }
            : new Dimension { Constant = new Dimension.Types.ConstantDimension { Size = (ulong)size } }));
        return changed;
    }

    // An output whose shape is open is described without one, as converters write it.
    private static void Describe(EditBuilder builder, TypeTarget target, ProgramGraph graph, Dictionary<ValueNode, InferredType> changed)
    {
        IEnumerable<FeatureDescription> outputs = target.Function?.Output ?? target.Stage.Model.Description.Output;
        foreach (FeatureDescription output in outputs)
        {
            InferredType? type = changed.FirstOrDefault(pair => pair.Key.Name == output.Name && pair.Key.OutputOf.Contains(graph.Body, MessageIdentity<Block>.Instance)).Value;
            if (type is null)
            {
                continue;
            }

            string before = TypeEditor.Describe(output);
            bool isKnown = type.Sizes!.All(size => size >= 0);
            if (output.Type?.MultiArrayType is { } array)
            {
                array.ClearShapeFlexibility();
                array.Shape.Clear();
                array.Shape.Add(isKnown ? type.Sizes : []);
            }
            else if (output.Type?.ImageType is { } image)
            {
                (image.Height, image.Width) = isKnown
                    ? (type.Sizes![type.Sizes.Count - 2], type.Sizes[type.Sizes.Count - 1])
                    : throw target.Refuse($"the size of the image '{output.Name}' would be open.", "Make the output an array first (-OutputType), or specify one size.");
            }

            if (before != TypeEditor.Describe(output))
            {
                builder.Add("output type", (target with { Feature = output, IsInput = false }).Place, before, TypeEditor.Describe(output));
            }
        }
    }

    private static string Text(IEnumerable<long> shape) => string.Join(", ", shape.Select(size => size < 0 ? "?" : $"{size}"));
}
