// The interactions of the FHIR API, one file each. http://hl7.org/fhir/R4/http.html
#pragma once

#include "gateway/interactions/call.h"

namespace gateway::interactions {

Answer Create(Call& call);      // POST [type]
Answer Read(Call& call);        // GET [type]/[id]
Answer VRead(Call& call);       // GET [type]/[id]/_history/[vid]
Answer Update(Call& call);      // PUT [type]/[id], PUT [type]?[condition]
Answer Patch(Call& call);       // PATCH [type]/[id], PATCH [type]?[condition]
Answer Delete(Call& call);      // DELETE [type]/[id], DELETE [type]?[condition]
Answer History(Call& call);     // GET [type]/[id]/_history, GET [type]/_history, GET _history
Answer Everything(Call& call);  // GET Patient/[id]/$everything
Answer Search(Call& call);      // GET [type]?..., POST [type]/_search
Answer Bundle(Call& call);      // POST [base]: transaction or batch
Answer Explain(Call& call);     // GET CommunicationRequest/[id]/$explain
Answer Evaluate(Call& call);    // POST CommunicationRequest/$evaluate, .../[id]/$evaluate
Answer Review(Call& call);      // GET CommunicationRequest/[id]/$review
Answer Approve(Call& call);     // POST CommunicationRequest/[id]/$approve
Answer Meta(Call& call);        // GET [type]/[id]/$meta
Answer MetaOfMany(Call& call);  // GET $meta, GET [type]/$meta
Answer MetaAdd(Call& call);     // POST [type]/[id]/$meta-add
Answer MetaDelete(Call& call);  // POST [type]/[id]/$meta-delete
Answer PullSource(Call& call);  // POST $pull-source
Answer Validate(Call& call);    // POST [type]/$validate, POST [type]/[id]/$validate

}  // namespace gateway::interactions
