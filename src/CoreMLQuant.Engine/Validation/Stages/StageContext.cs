using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>A model that is no network and no program, as its rules see it.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Reader">Reads its parameters.</param>
/// <param name="Findings">Takes what is found.</param>
internal sealed record StageContext(PipelineStage Stage, DetailReader Reader, FindingList Findings)
{
    private const string Parameters = "parameters";

    /// <summary>Where the stage is.</summary>
    public Place Place { get; } = new(Stage.Name, string.Empty);

    /// <summary>What the stage says of itself.</summary>
    public ModelDescription Description { get; } = Stage.Model.Description ?? new ModelDescription();

    /// <summary>Reads the stage's parameters; <see langword="null"/> when they cannot be read, or are too long to be, which is then told.</summary>
    /// <param name="parameters">The parameters as the specification keeps them.</param>
    /// <param name="parser">The parser of their message.</param>
    /// <param name="isSparse">Whether nearly all of them is data that the message leaves out.</param>
    public T? Read<T>(ByteString parameters, MessageParser<T> parser, bool isSparse = false)
        where T : class, IMessage<T>
    {
        long length = Reader.LengthOf(parameters);
        if (!isSparse && length > DetailReader.MaxLength)
        {
            Findings.Add(ValidationRule.NotChecked, Place.Of(Parameters), $"the parameters have {length} bytes; more than {DetailReader.MaxLength >> 20} MB are not checked.");
            return null;
        }

        return Findings.Read(() => Reader.Read(parameters, parser, Place.Of(Parameters)));
    }

    /// <summary>Adds that the parameters break a rule.</summary>
    public void Problem(string message) => Findings.Add(ValidationRule.StageParameters, Place.Of(Parameters), message);

    /// <summary>Adds problems.</summary>
    public void Problems(IEnumerable<string> messages)
    {
        foreach (string message in messages)
        {
            Problem(message);
        }
    }

    /// <summary>Adds problems whose condition does not hold.</summary>
    public void Require(params (bool Holds, string Otherwise)[] requirements) =>
        Problems(requirements.Where(requirement => !requirement.Holds).Select(requirement => requirement.Otherwise));

    /// <summary>Checks number and types of inputs.</summary>
    /// <param name="most">The most there may be; <see langword="null"/> for no bound.</param>
    /// <param name="types">The types they may have.</param>
    public void Inputs(int? most, params FeatureCase[] types) => Features("input", Description.Input, most, types);

    /// <summary>Checks number and types of outputs.</summary>
    /// <param name="most">The most there may be; <see langword="null"/> for no bound.</param>
    /// <param name="types">The types they may have.</param>
    public void Outputs(int? most, params FeatureCase[] types) => Features("output", Description.Output, most, types);

    /// <summary>Adds that a feature has another type, or another shape, than the model takes.</summary>
    /// <param name="kind">What it is, e.g. <c>input</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="message">What is wrong.</param>
    public void BadFeature(string kind, string name, string message) => Findings.Add(ValidationRule.FeatureType, Place.Of(kind, name), message);

    /// <summary>Checks a feature that a parameter names.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="features">The features that it may be.</param>
    /// <param name="types">The types it may have.</param>
    public void Named(string parameter, string name, IReadOnlyList<FeatureDescription> features, params FeatureCase[] types)
    {
        if (features.FirstOrDefault(feature => feature.Name == name) is not { } found)
        {
            Problem($"'{parameter}' is '{name}', which is not described{Suggestion.For(name, features.Select(feature => feature.Name))}");
        }
        else if (!types.Contains(TypeOf(found)))
        {
            BadFeature(parameter, name, TypeMessage(types));
        }
    }

    /// <summary>The type of a feature.</summary>
    public static FeatureCase TypeOf(FeatureDescription feature) => feature.Type?.TypeCase ?? FeatureCase.None;

    private void Features(string kind, IReadOnlyList<FeatureDescription> features, int? most, FeatureCase[] types)
    {
        if (most is { } bound && features.Count > bound)
        {
            Findings.Add(ValidationRule.InvalidDescription, Place.Of("description"), $"there are {features.Count} {kind}s; a model of this kind has {bound}.");
        }

        foreach (FeatureDescription feature in features.Where(feature => !types.Contains(TypeOf(feature))))
        {
            BadFeature(kind, feature.Name, TypeMessage(types));
        }
    }

    private static string TypeMessage(IReadOnlyCollection<FeatureCase> types) =>
        $"a model of this kind takes {string.Join(" or ", types.Select(type => type.ToString().Replace("Type", string.Empty)))} here.";
}
