using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Editing.Types;

/// <summary>
/// Changes the types of an ML Program's inputs and outputs. The program computes in the types that it has: where a feature gets another one, a cast
/// stands between the two.
/// </summary>
internal static class ProgramTypes
{
    // Inputs and outputs of FP16 came with this opset.
    private const int Float16Opset = 6;

    // An image is [1, channels, height, width].
    private const int Leading = 1;

    /// <summary>Changes the type of a feature.</summary>
    /// <exception cref="EditException">The feature cannot have the type.</exception>
    public static FeatureType Change(EditBuilder builder, TypeTarget target, FeatureTypeEdit edit)
    {
        ProgramGraph[] graphs = ProgramValues.BodiesOf(target);
        IReadOnlyList<long> shape = MilTypes.ShapeOf(ProgramValues.Find(target, graphs[0]).Declaration.Type);
        FeatureType type = FeatureTypeChange.Make(target, edit, Leading, shape);
        if (ShapesOf(type) is { } shapes && (edit.Shapes is not null || shape.Any(size => size < 0)))
        {
            if (target.IsInput)
            {
                ProgramShapes.Set(builder, target, graphs, shapes);
            }
            else if (edit.Shapes is not null && !shapes[0].Select(size => size.IsFixed ? size.Lower : -1).SequenceEqual(shape))
            {
                throw target.Refuse($"the program makes the shape [{string.Join(", ", shape.Select(size => size < 0 ? "?" : $"{size}"))}].", "Shapes of outputs follow from those of the inputs: use -InputType.");
            }
        }

        ElementType boundary = BoundaryOf(target, type, MilTypes.ElementTypeOf(ProgramValues.Find(target, graphs[0]).Declaration.Type));
        if (boundary == ElementType.Float16)
        {
            RaiseOpset(builder, target);
            graphs = ProgramValues.BodiesOf(target);
        }

        NoteLosses(builder, target, boundary, MilTypes.ElementTypeOf(ProgramValues.Find(target, graphs[0]).Declaration.Type));
        double scale = edit.Scale ?? 1;
        IReadOnlyList<double> bias = BiasOf(target, edit, type);
        foreach (ProgramGraph graph in graphs)
        {
            Convert(target, graph, boundary, scale, bias);
        }

        if (target.IsInput)
        {
            // Bodies share the inputs of their function.
            NamedValueType declaration = ProgramValues.Find(target, graphs[0]).Declaration;
            declaration.Type = MilTypes.With(declaration.Type, boundary.ToDataType());
        }

        return type;
    }

    private static void NoteLosses(EditBuilder builder, TypeTarget target, ElementType boundary, ElementType own)
    {
        if (boundary == ElementType.Float16 && own != ElementType.Float16)
        {
            builder.Note($"the values of the {target.Noun} '{target.Name}' are rounded to Float16 {(target.IsInput ? "before the model takes them" : "after the model has made them")}");
        }
        else if (target.IsInput && own == ElementType.Int32 && boundary != ElementType.Int32)
        {
            builder.Note($"the model takes integers for '{target.Name}': fractions are cut off");
        }
    }

    private static IReadOnlyList<IReadOnlyList<SizeBounds>>? ShapesOf(FeatureType type) => type.MultiArrayType is { } array
        ? FeatureShapes.Of(array)
        : FeatureShapes.Of(type.ImageType).Select(size => (IReadOnlyList<SizeBounds>)[new SizeBounds(1, 1), Channels(type.ImageType), .. size]).ToArray();

    private static SizeBounds Channels(ImageFeatureType image) => new(FeatureTypeChange.ChannelsOf(image), FeatureTypeChange.ChannelsOf(image));

    private static IReadOnlyList<double> BiasOf(TypeTarget target, FeatureTypeEdit edit, FeatureType type)
    {
        IReadOnlyList<double> bias = edit.Bias ?? [0];
        return bias.Count == 1 || (type.ImageType is { } image && bias.Count == FeatureTypeChange.ChannelsOf(image))
            ? bias
            : throw target.Refuse($"there are {bias.Count} biases.", "Specify one, or one for each channel.");
    }

    /// <summary>The element type that the program must take or give.</summary>
    private static ElementType BoundaryOf(TypeTarget target, FeatureType type, ElementType own)
    {
        if (type.ImageType is { } image)
        {
            return own is ElementType.Float32 or ElementType.Float16
                ? image.ColorSpace == ColorSpace.GrayscaleFloat16 ? ElementType.Float16 : ElementType.Float32
                : throw target.Refuse($"the program has {own} here, and an image is made of floats.", "Leave it an array.");
        }

        ElementType wanted = type.MultiArrayType.DataType switch
        {
            ArrayDataType.Float16 => ElementType.Float16,
            ArrayDataType.Int32 => ElementType.Int32,
            ArrayDataType.Float32 => ElementType.Float32,
            ArrayDataType.Int8 => ElementType.Int8,
            _ => throw target.Refuse("the arrays of an ML Program are Float16, Float32 or Int32.", "Specify Float32 in place of Double."),
        };
        return wanted == own ? own
            : own is not (ElementType.Float16 or ElementType.Float32 or ElementType.Int32) || wanted == ElementType.Int8 ? throw target.Refuse($"the program has {own} here.", "Leave the type as it is.")
            : !target.IsInput && wanted == ElementType.Int32 ? throw target.Refuse("integers would lose the fractions of the floats that the program makes.", "Specify Float32 or Float16.")
            : wanted;
    }

    private static void Convert(TypeTarget target, ProgramGraph graph, ElementType boundary, double scale, IReadOnlyList<double> bias)
    {
        ValueNode value = ProgramValues.Find(target, graph);
        ElementType own = value.ElementType;
        if (target.IsInput)
        {
            var chain = new ValueChain(graph, value.Name, MilTypes.With(value.Declaration.Type, boundary.ToDataType()));
            chain.ScaleAndBias(scale, bias);
            chain.Cast(own);
            if (!chain.IsEmpty)
            {
                value.Redirect(chain.Name);
                chain.InsertFirst(graph.Body);
            }

            return;
        }

        string name = value.Name, raw = new UniqueNames(graph).Make($"{name}_{MilTypes.Spelling(own)}");
        var made = new ValueChain(graph, raw, value.Declaration.Type);
        made.ScaleAndBias(scale, bias);
        made.Cast(boundary);
        if (!made.IsEmpty)
        {
            value.Redirect(raw);
            value.Declaration.Name = raw;
            int position = graph.Body.Outputs.IndexOf(raw);
            graph.Body.Outputs[position] = name;
            made.InsertLast(graph.Body, name);
        }
    }

    private static void RaiseOpset(EditBuilder builder, TypeTarget target)
    {
        Model model = target.Stage.Model;
        ProgramGraph[] graphs = ProgramGraph.Of(model.MlProgram).ToArray();
        foreach (string opset in graphs.Select(graph => graph.Opset).Where(opset => Platform.OpsetNumber(opset) is > 0 and < Float16Opset).Distinct())
        {
            builder.Add("opset", EditBuilder.PlaceOf(target.Stage), opset, Platform.OpsetName(Float16Opset));
        }

        try
        {
            OpsetRise.Check(graphs, Float16Opset);
        }
        catch (RecipeException e)
        {
            throw target.Refuse($"Float16 needs opset {Platform.OpsetName(Float16Opset)}. {e.Message}", "Specify Float32.");
        }

        OpsetRise.Raise(model.MlProgram, Float16Opset);
    }
}
