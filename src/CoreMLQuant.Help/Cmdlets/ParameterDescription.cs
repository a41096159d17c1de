using System;
using System.Collections.Generic;

namespace CoreMLQuant.Help.Cmdlets;

/// <summary>What the code says about a parameter in a parameter set.</summary>
internal sealed record ParameterDescription
{
    /// <summary>Its name, without the dash.</summary>
    public required string Name { get; init; }

    /// <summary>Its type as the code declares it.</summary>
    public required Type Type { get; init; }

    /// <summary>Its type as a command line names it: that of a nullable value is the value's.</summary>
    public Type ValueType => Nullable.GetUnderlyingType(Type) ?? Type;

    /// <summary>The paragraphs of its comment.</summary>
    public required IReadOnlyList<string> Text { get; init; }

    /// <summary>What it is when it is omitted.</summary>
    public required string Default { get; init; }

    /// <summary>Its other names.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>Whether it must be given.</summary>
    public required bool IsMandatory { get; init; }

    /// <summary>Its position on the command line; <see langword="null"/> when it must be named.</summary>
    public required int? Position { get; init; }

    /// <summary>Whether it takes what is piped in.</summary>
    public required bool IsPiped { get; init; }

    /// <summary>Whether it takes the property of its name from what is piped in.</summary>
    public required bool IsPipedByName { get; init; }

    /// <summary>Whether wildcards are matched.</summary>
    public required bool TakesWildcards { get; init; }
}
